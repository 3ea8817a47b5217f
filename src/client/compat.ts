// `circles-rooms/client` as it is published until 0.2: the client, with the names of 0.1 beside the present ones. Release 0.2
// deletes this file, and client.ts becomes the entry.

import { Channel as CurrentChannel, type SendOptions } from './channel.ts'
import type { ClientTypes } from './client-types.ts'
import { type ChannelState, type Connection, withOldNames } from './compat-state.ts'
import { type ClientOf, type ClientOptions, createClientOf } from './create-client.ts'
import type { CirclesErrorCode } from './errors.ts'
import type { PendingMessage } from './outgoing/outbox.ts'
import type { ClientPlatform, KeyValueStorage, TabCoordinator } from './platform.ts'
import type { ChannelState as CurrentState } from './state/state.ts'
import type { Transport } from './transport/transport.ts'

export * from './client.ts'
export type { ChannelState, Connection }

/** A server of circles, for one user. */
export type CirclesClient<Types extends ClientTypes = ClientTypes> = ClientOf<Channel<Types>> & {
  /** @deprecated Use `disconnect`. */
  close(): void
}

/** @deprecated Use `CirclesClient`. */
export type Circles = CirclesClient

/**
 * Makes a client; it connects when a channel is used. `createClient(url, { token }).circle('dev-team').send('Hello')`
 * `createClient<typeof protocol>(url)` has the types of an application's own events and commands.
 */
export function createClient<Types extends ClientTypes = ClientTypes>(
  url: string,
  options: ClientOptions = {},
): CirclesClient<Types> {
  const client = createClientOf(url, options, channelOptions => new CompatChannel<Types>(channelOptions))
  return Object.assign(client, { close: client.disconnect })
}

/** @deprecated Use `ClientOptions`. */
export type ConnectOptions = Pick<ClientOptions, 'token' | 'name'> & {
  /** @deprecated Use `userKey` of `createClient`. */
  account?: string
  /** @deprecated Use `shareConnection` of `createClient`. */
  share?: boolean
  /** @deprecated Use `platform` of `createClient`. */
  world?: World
}

/** @deprecated Use `createClient`, with `userKey`, `shareConnection` and `platform`. */
export function connect(url: string, { account, share, world, ...options }: ConnectOptions = {}): CirclesClient {
  return createClient(url, {
    ...options,
    ...(account !== undefined && { userKey: account }),
    ...(share !== undefined && { shareConnection: share }),
    ...(world !== undefined && { platform: platformOf(world) }),
  })
}

class CompatChannel<Types extends ClientTypes = ClientTypes> extends CurrentChannel<Types> {
  override get state(): ChannelState<Types> {
    return withOldNames(super.state as CurrentState) as ChannelState<Types>
  }

  /** @deprecated Use `send`, which resolves with `{ id, seq }`. */
  say(content: string, options?: SendOptions<Types>): Promise<number> {
    return this.send(content, options).then(({ seq }) => seq)
  }

  /** @deprecated Use `delete`. */
  remove(seq: number): Promise<void> {
    return this.delete(seq)
  }

  /** @deprecated Use `loadOlder`. */
  older(limit?: number): Promise<void> {
    return this.loadOlder(limit)
  }

  /** @deprecated Use `setTyping`. */
  typing(active: boolean): void {
    this.setTyping(active)
  }

  /** @deprecated Use `stopTurn`. */
  stop(turn: string): Promise<void> {
    return this.stopTurn(turn)
  }

  /** @deprecated Use `ping`. */
  check(): void {
    this.ping()
  }

  /** @deprecated Use `disconnect`. */
  close(): void {
    this.disconnect()
  }
}

/**
 * A circle, a workspace or an agent's activity. It connects when it is subscribed to, gets a handler or waits for a
 * reply, and disconnects three seconds after the last of these ends. `Types`: those of the application (see ClientTypes).
 */
export type Channel<Types extends ClientTypes = ClientTypes> = CompatChannel<Types>

/** @deprecated Use `PendingMessage`. */
export type Draft = PendingMessage

/** @deprecated Use `CirclesErrorCode`. */
export type ProblemCode = CirclesErrorCode

/** @deprecated It was never used by a published function. */
export type Link = Pick<Transport, 'start' | 'stop'> & {
  readonly connection: Connection
  check(): void
  send(text: string): boolean
}

/** @deprecated Use `ClientPlatform`. */
export type World = Omit<ClientPlatform, 'storage' | 'tabs' | 'reportError' | 'onWake'> & {
  /** @deprecated Use `ClientPlatform.storage`. */
  shelf: KeyValueStorage
  /** @deprecated Use `ClientPlatform.tabs`. */
  tabs: {
    lead(name: string, own: () => void): () => void
    talk(name: string, hear: (message: unknown) => void): { say(message: unknown): void; end(): void }
  } | null
  /** @deprecated Use `ClientPlatform.reportError`. */
  report(error: unknown): void
  /** @deprecated Use `ClientPlatform.onWake`. */
  watch(check: () => void): () => void
}

function platformOf(world: World): ClientPlatform {
  const { tabs } = world
  return {
    now: () => world.now(),
    random: () => world.random(),
    after: (ms, run) => world.after(ms, run),
    newId: () => world.newId(),
    fetch: (url, init) => world.fetch(url, init),
    socket: (url, protocols) => world.socket(url, protocols),
    storage: world.shelf,
    tabs: tabs && coordinatorOf(tabs),
    reportError: error => world.report(error),
    onWake: listener => world.watch(listener),
  }
}

function coordinatorOf(tabs: NonNullable<World['tabs']>): TabCoordinator {
  return {
    acquireLock: (name, onAcquired) => tabs.lead(name, onAcquired),
    openChannel(name, onMessage) {
      const channel = tabs.talk(name, onMessage)
      return { post: message => channel.say(message), close: () => channel.end() }
    },
  }
}
