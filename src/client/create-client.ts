import type { ChannelKind, ChannelName } from '../protocol/channels/channels.ts'
import { Channel, type ChannelOptions } from './channel.ts'
import type { ClientTypes } from './client-types.ts'
import { OnDemand } from './on-demand.ts'
import { type ClientPlatform, defaultPlatform } from './platform.ts'
import { type SteadyPlatform, withSteadyClock } from './steady-clock.ts'
import { baseOf, type Identity, type TokenSource } from './transport/credentials.ts'
import { DeferredTransport } from './transport/deferred-transport.ts'
import type { Sharing } from './transport/tab-sharing.ts'
import type { Transport, TransportListener } from './transport/transport.ts'
import { WebSocketTransport } from './transport/websocket-transport.ts'

/** How a client identifies itself, and what it keeps and shares. */
export type ClientOptions = {
  /** Returns a JWT; called before every attempt, so that the token is fresh. Without it the client is a guest. */
  token?: TokenSource
  /** A guest's name, where guests are admitted. By default one is made up, and kept on this device. */
  name?: string
  /**
   * A key for the user, unique per person. Unsent messages and read positions are kept on this device under it, and
   * tabs with the same key share a socket. A guest's key is the name by default. With a token and no key nothing is
   * kept, and every tab has its own socket.
   */
  userKey?: string
  /** False: every tab opens its own socket. */
  shareConnection?: boolean
  /** The clock, sockets, storage and so on, for tests and for other runtimes. */
  platform?: ClientPlatform
}

/** A server of circles, for one user; `Kind` is the class of its channels. */
export type ClientOf<Kind> = {
  circle(name: string): Kind
  workspace(id: string): Kind
  agent(id: string): Kind
  /** Disconnects every channel. */
  disconnect(): void
}

/** A server of circles, for one user. */
export type CirclesClient<Types extends ClientTypes = ClientTypes> = ClientOf<Channel<Types>>

/**
 * Makes a client; it connects when a channel is used. `createClient(url, { token }).circle('dev-team').send('Hello')`
 * `createClient<typeof protocol>(url)` has the types of an application's own events and commands.
 */
export function createClient<Types extends ClientTypes = ClientTypes>(
  url: string,
  options: ClientOptions = {},
): CirclesClient<Types> {
  return createClientOf(url, options, channelOptions => new Channel<Types>(channelOptions))
}

/** Makes a client whose channels are of a class derived from Channel. */
export function createClientOf<Kind extends { ping(): void; disconnect(): void }>(
  url: string,
  options: ClientOptions,
  createChannel: (options: ChannelOptions) => Kind,
): ClientOf<Kind> {
  const base = baseOf(url)
  const channelOptions = channelOptionsFor(base, options)
  const channels = new Map<ChannelName, Kind>()
  const stopWaking = channelOptions.platform.onWake(() => {
    for (const channel of channels.values()) channel.ping()
  })

  function channelOf(kind: ChannelKind, id: string): Kind {
    const name: ChannelName = `${kind}:${id.toLowerCase()}`
    const channel = channels.get(name) ?? createChannel(channelOptions.for(name))
    channels.set(name, channel)
    return channel
  }

  const client: ClientOf<Kind> = {
    circle: name => channelOf('circle', name),
    workspace: id => channelOf('workspace', id),
    agent: id => channelOf('agent', id),
    disconnect() {
      stopWaking()
      for (const channel of channels.values()) channel.disconnect()
    },
  }
  sources.set(client, channelOptions.source)
  return client
}

/** What a client connects to, and for whom. `userKey`: null if nothing is kept on this device. */
export type ClientSource = { base: string; identity: Identity; platform: SteadyPlatform; userKey: string | null }

const sources = new WeakMap<object, ClientSource>()

/** What a client connects to, for what else does so as its user. */
export function sourceOf(client: object): ClientSource {
  const source = sources.get(client)
  if (source === undefined) throw new Error('This is no client that createClient made.')
  return source
}

/** The platform of a client, and the options of each of its channels. */
function channelOptionsFor(base: string, options: ClientOptions) {
  const platform = withSteadyClock(options.platform ?? defaultPlatform())
  const identity: Identity = options.token
    ? { token: options.token }
    : { name: options.name ?? guestName(platform, `circles ${base} guest`) }
  const browser = globalThis.window === undefined ? null : 'browser'
  const tabs = options.platform === undefined ? browser : options.platform.tabs
  const userKey = options.userKey ?? ('name' in identity ? identity.name : null)

  return {
    platform,
    source: { base, identity, platform, userKey },
    for(channel: ChannelName): ChannelOptions {
      const storageKey = userKey === null ? null : `circles ${base} ${userKey} ${channel}`
      const createOwn = (listener: TransportListener) =>
        new WebSocketTransport({ base, channel, identity, platform, listener })
      return {
        name: channel,
        platform,
        storageKey,
        createTransport:
          options.shareConnection !== false && storageKey !== null && tabs !== null
            ? listener => createSharedTransport({ key: storageKey, tabs, platform, listener, createOwn })
            : createOwn,
      }
    },
  }
}

/** The code that lets tabs share a socket. */
export const tabSharing = new OnDemand(() => import('./transport/tab-sharing.ts'))

/** Makes a transport that shares a socket with other tabs; it has its own if the code for that cannot be loaded. */
function createSharedTransport(sharing: Sharing): Transport {
  if (tabSharing.module !== null) return tabSharing.module.createSharedTransport(sharing)
  const { platform, listener, createOwn } = sharing
  return new DeferredTransport({
    now: platform.now,
    load: () =>
      tabSharing.load().then(
        module => module.createSharedTransport(sharing),
        () => createOwn(listener),
      ),
    onConnectionChange: listener.onConnectionChange,
  })
}

/** A guest keeps one name, so that the server recognises a message that is sent again as the same user's. */
function guestName({ storage, newId }: ClientPlatform, key: string): string {
  const name = storage.get(key) ?? `guest-${newId().slice(0, 8)}`
  storage.set(key, name)
  return name
}
