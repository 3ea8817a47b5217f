import type { ChannelKind, ChannelName } from '../protocol/channels.ts'
import { Channel } from './channel.ts'
import { type ClientPlatform, defaultPlatform } from './platform.ts'
import { baseOf, type Identity, type TokenSource } from './transport/credentials.ts'
import { SharedTransport, type SharedTransportListener } from './transport/shared-transport.ts'
import { type Transport, type TransportListener, WebSocketTransport } from './transport/websocket-transport.ts'

export type { CirclesErrorCode } from './errors.ts'
export { CirclesError } from './errors.ts'
export type { EventFrame, Frame, FrameOf, FrameType, HistoryPage } from './frames.ts'
export type { PendingMessage } from './outgoing/outbox.ts'
export type { ChannelState } from './state/state.ts'
export type { Author, Entry, Reaction } from './state/timeline.ts'
export type { Turn } from './state/turns.ts'
export type { Connection, Phase } from './transport/connection.ts'
export type { Channel, ClientPlatform, TokenSource, Transport }

export type ConnectOptions = {
  /** A JWT; asked for before every attempt, so that it is always fresh. Without it we are a guest. */
  token?: TokenSource
  /** A guest's name, where guests are let in. Without it one is made up, and kept on this device. */
  name?: string
  /**
   * Whose unsent lines and read marks are kept on this device, and who shares one socket between tabs: one key per
   * person. A guest's is the name. With a token and no account nothing is kept and every tab has its own socket.
   */
  account?: string
  /** False: every tab opens a socket of its own. */
  share?: boolean
  /** The clock, sockets, storage and so on; tests bring their own. */
  world?: ClientPlatform
}

/** A server of circles, as one person sees it. */
export type Circles = {
  circle(name: string): Channel
  workspace(id: string): Channel
  agent(id: string): Channel
  /** Closes all that is open. */
  close(): void
}

/** The way in: `connect('https://circles.example', { token }).circle('dev-team').say('Hello')`. */
export function connect(url: string, options: ConnectOptions = {}): Circles {
  const world = options.world ?? defaultPlatform()
  const base = baseOf(url)
  const identity: Identity = options.token
    ? { token: options.token }
    : { name: options.name ?? guestName(world, `circles ${base} guest`) }
  const account = options.account ?? ('name' in identity ? identity.name : null)
  const channels = new Map<ChannelName, Channel>()
  const unwatch = world.watch(() => {
    for (const open of channels.values()) open.check()
  })

  function channel(kind: ChannelKind, raw: string): Channel {
    const name: ChannelName = `${kind}:${raw.toLowerCase()}`
    const known = channels.get(name)
    if (known !== undefined) return known
    const shelfKey = account === null ? null : `circles ${base} ${account} ${name}`
    const own = (owner: TransportListener): Transport =>
      new WebSocketTransport({ base, channel: name, identity, world, owner })
    const shared = options.share !== false && shelfKey !== null && world.tabs !== null
    const link = (owner: SharedTransportListener): Transport =>
      shared && world.tabs !== null
        ? new SharedTransport({ key: shelfKey, tabs: world.tabs, world, owner, own })
        : own(owner)
    const made = new Channel({ name, world, shelfKey, link })
    channels.set(name, made)
    return made
  }

  return {
    circle: name => channel('circle', name),
    workspace: id => channel('workspace', id),
    agent: id => channel('agent', id),
    close() {
      unwatch()
      for (const open of channels.values()) open.close()
    },
  }
}

/** A guest keeps one name, so that a line which is sent again is known to be the same. */
function guestName({ shelf, newId }: ClientPlatform, key: string): string {
  const name = shelf.get(key) ?? `guest-${newId().slice(0, 8)}`
  shelf.set(key, name)
  return name
}
