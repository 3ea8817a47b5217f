import type { ChannelKind, ChannelName } from '../protocol/channels.ts'
import { Channel, type SendOptions } from './channel.ts'
import { type ClientPlatform, defaultPlatform } from './platform.ts'
import { baseOf, type Identity, type TokenSource } from './transport/credentials.ts'
import { SharedTransport, type SharedTransportListener } from './transport/shared-transport.ts'
import { type Transport, type TransportListener, WebSocketTransport } from './transport/websocket-transport.ts'

export type { CirclesErrorCode } from './errors.ts'
export { CirclesError } from './errors.ts'
export type { EventFrame, Frame, FrameOf, FrameType, HistoryPage } from './frames.ts'
export type { SentMessage } from './outgoing/message-sender.ts'
export type { PendingMessage } from './outgoing/outbox.ts'
export type { ChannelState, LoadedHistory } from './state/state.ts'
export type { Author, Entry, Reaction } from './state/timeline.ts'
export type { Turn } from './state/turns.ts'
export type { Connection, Phase } from './transport/connection.ts'
export type { Channel, ClientPlatform, SendOptions, TokenSource }

export type ClientOptions = {
  /** A JWT; asked for before every attempt, so that it is always fresh. Without it we are a guest. */
  token?: TokenSource
  /** A guest's name, where guests are let in. Without it one is made up, and kept on this device. */
  name?: string
  /**
   * Whose unsent lines and read marks are kept on this device, and who shares one socket between tabs: one key per
   * person. A guest's is the name. With a token and no account nothing is kept and every tab has its own socket.
   */
  userKey?: string
  /** False: every tab opens a socket of its own. */
  shareConnection?: boolean
  /** The clock, sockets, storage and so on; tests bring their own. */
  platform?: ClientPlatform
}

const tabVersion = 'v2' // tabs share a socket only with tabs that send each other the same messages

/** A server of circles, as one person sees it. */
export type CirclesClient = {
  circle(name: string): Channel
  workspace(id: string): Channel
  agent(id: string): Channel
  /** Closes all that is open. */
  disconnect(): void
}

/** The way in: `connect('https://circles.example', { token }).circle('dev-team').say('Hello')`. */
export function createClient(url: string, options: ClientOptions = {}): CirclesClient {
  const world = options.platform ?? defaultPlatform()
  const base = baseOf(url)
  const identity: Identity = options.token
    ? { token: options.token }
    : { name: options.name ?? guestName(world, `circles ${base} guest`) }
  const account = options.userKey ?? ('name' in identity ? identity.name : null)
  const channels = new Map<ChannelName, Channel>()
  const unwatch = world.onWake(() => {
    for (const open of channels.values()) open.ping()
  })

  function channel(kind: ChannelKind, raw: string): Channel {
    const name: ChannelName = `${kind}:${raw.toLowerCase()}`
    const known = channels.get(name)
    if (known !== undefined) return known
    const shelfKey = account === null ? null : `circles ${base} ${account} ${name}`
    const own = (owner: TransportListener): Transport =>
      new WebSocketTransport({ base, channel: name, identity, world, owner })
    const shared = options.shareConnection !== false && shelfKey !== null && world.tabs !== null
    const link = (owner: SharedTransportListener): Transport =>
      shared && world.tabs !== null
        ? new SharedTransport({ key: `${shelfKey} ${tabVersion}`, tabs: world.tabs, world, owner, own })
        : own(owner)
    const made = new Channel({ name, platform: world, storageKey: shelfKey, createTransport: link })
    channels.set(name, made)
    return made
  }

  return {
    circle: name => channel('circle', name),
    workspace: id => channel('workspace', id),
    agent: id => channel('agent', id),
    disconnect() {
      unwatch()
      for (const open of channels.values()) open.disconnect()
    },
  }
}

/** A guest keeps one name, so that a line which is sent again is known to be the same. */
function guestName({ storage: shelf, newId }: ClientPlatform, key: string): string {
  const name = shelf.get(key) ?? `guest-${newId().slice(0, 8)}`
  shelf.set(key, name)
  return name
}
