import type { Channel, Connection, EventFrame } from '../client/client.ts'
import type { EventType } from '../protocol/events/events.ts'
import { apiPost } from './api-client.ts'
import type { CommandContext } from './command-context.ts'
import { CliError } from './exit-codes.ts'
import { orAborted } from './interrupt.ts'

const pageSize = 200

/** Resolves once the channel is connected. Rejects if that is refused or takes longer than `timeoutMs`, and with the signal. */
export async function connectChannel(
  { server, signal }: Pick<CommandContext, 'server' | 'signal'>,
  channel: Channel,
  timeoutMs: number,
): Promise<void> {
  await apiPost(server, 'api/tickets', { channel: channel.name }, signal) // a refusal over HTTP has a reason
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onChange = () => {
    const { connection } = channel.state
    const error = connectionError(connection)
    if (error !== null) reject(error)
    else if (connection.phase === 'live') resolve()
  }
  const timer = setTimeout(() => reject(new CliError('unreachable', reasonOf(channel.state.connection))), timeoutMs)
  channel.subscribe(onChange) // for good: it keeps the channel connected
  onChange()
  await orAborted(promise, signal).finally(() => clearTimeout(timer))
}

/** The reason that a connection will not come back by itself, or null. */
function connectionError(connection: Connection): CliError | null {
  if (connection.phase === 'signed_out') return new CliError('unauthenticated', reasonOf(connection))
  if (connection.phase !== 'ended') return null
  return new CliError(connection.reason?.code === '404' ? 'not_found' : 'forbidden', reasonOf(connection))
}

function reasonOf({ reason }: Connection): string {
  return reason?.message || 'The server does not answer.'
}

type FollowOptions = { types: readonly EventType[]; signal: AbortSignal; show(event: EventFrame): void }

/**
 * Calls `show` with every event after `after`, in order, each once, over any number of reconnects. Resolves with the
 * signal; rejects when the connection ends for good.
 */
export function followLog(channel: Channel, after: number, { types, signal, show }: FollowOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const follower = new LogFollower(channel, after, { show, onError: reject })
  const subscriptions = [
    ...types.map(type => channel.on(type, event => follower.onEvent(event))),
    channel.on('welcome', ({ data }) => follower.onWelcome(data)),
    channel.subscribe(() => {
      const error = connectionError(channel.state.connection)
      if (error !== null) reject(error)
      // Once `on` has had its turn, what is still missing is an event of a type that this program does not know.
      const { position } = channel.state
      Promise.resolve().then(() => follower.reach(position))
    }),
  ]
  follower.reach(channel.state.position)
  signal.addEventListener('abort', () => resolve(), { once: true })
  if (signal.aborted) resolve()
  return promise.finally(() => {
    for (const unsubscribe of subscriptions) unsubscribe()
  })
}

type FollowerOptions = { show(event: EventFrame): void; onError(error: unknown): void }

/** Puts a channel's events in order: one that arrives too early starts a request for what lies between. */
class LogFollower {
  readonly #channel: Channel
  readonly #options: FollowerOptions
  #last: number // the last event shown
  #head: number // the log reaches at least so far
  #epoch: string | null
  #isCatchingUp = false

  constructor(channel: Channel, after: number, options: FollowerOptions) {
    this.#channel = channel
    this.#options = options
    this.#last = this.#head = after
    this.#epoch = channel.state.epoch
  }

  onEvent(event: EventFrame): void {
    if (event.seq === this.#last + 1 && !this.#isCatchingUp) this.#show(event)
    this.reach(event.seq)
  }

  onWelcome({ epoch, head }: { epoch: string; head: number }): void {
    if (this.#epoch !== null && epoch !== this.#epoch) this.#last = this.#head = 0 // another log has taken its place
    this.#epoch = epoch
    this.reach(head)
  }

  /** Shows everything up to `seq`, which the log is known to have. */
  reach(seq: number): void {
    this.#head = Math.max(this.#head, seq)
    if (this.#last < this.#head) this.#catchUp().catch(this.#options.onError)
  }

  async #catchUp(): Promise<void> {
    if (this.#isCatchingUp) return
    this.#isCatchingUp = true
    try {
      for (let before = -1; this.#last < this.#head && this.#last > before; ) {
        before = this.#last
        for await (const event of readLog(this.#channel, this.#last)) this.#show(event)
      }
    } finally {
      this.#isCatchingUp = false
    }
  }

  #show(event: EventFrame): void {
    if (event.seq <= this.#last) return
    this.#last = event.seq
    this.#options.show(event)
  }
}

/** Yields the events after `after`, up to the present end of the log. */
export async function* readLog(channel: Channel, after: number): AsyncGenerator<EventFrame> {
  for (let last = after, more = true; more; ) {
    const page = await channel.history({ after: last, limit: pageSize })
    yield* page.events
    last = page.events.at(-1)?.seq ?? last
    more = page.more && page.events.length > 0
  }
}
