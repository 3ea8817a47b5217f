import type { Channel, Connection, EventFrame } from '../client/client.ts'
import { type EventType, eventData } from '../protocol/events.ts'
import { type ApiTarget, apiPost } from './api-client.ts'
import { CliError } from './exit-codes.ts'

const pageSize = 200
const eventTypes = Object.keys(eventData) as EventType[]

/** Resolves once the channel is connected. Rejects if that is refused, or takes longer than `timeoutMs`. */
export async function connectChannel(server: ApiTarget, channel: Channel, timeoutMs: number): Promise<void> {
  await apiPost(server, 'api/tickets', { channel: channel.name }) // a refusal over HTTP has a reason
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
  await promise.finally(() => clearTimeout(timer))
}

/** The reason that a connection will not come back by itself, or null. */
export function connectionError(connection: Connection): CliError | null {
  if (connection.phase === 'signed_out') return new CliError('unauthenticated', reasonOf(connection))
  if (connection.phase !== 'ended') return null
  return new CliError(connection.reason?.code === '404' ? 'not_found' : 'forbidden', reasonOf(connection))
}

function reasonOf({ reason }: Connection): string {
  return reason?.message || 'The server does not answer.'
}

/**
 * Calls `show` with every event after `after`, in order, each once, over any number of reconnects. An event that arrives
 * out of order starts a request for what lies between. Resolves with the signal; rejects when the connection ends for
 * good.
 */
export function followLog(
  channel: Channel,
  after: number,
  signal: AbortSignal,
  show: (event: EventFrame) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let last = after // the last event shown
  let head = after // the log reaches at least so far
  let epoch = channel.state.epoch
  let isCatchingUp = false

  const showNew = (event: EventFrame) => {
    if (event.seq <= last) return
    last = event.seq
    show(event)
  }
  const catchUp = async () => {
    if (isCatchingUp) return
    isCatchingUp = true
    try {
      for (let before = -1; last < head && last > before; ) {
        before = last
        for await (const event of readLog(channel, last)) showNew(event)
      }
    } finally {
      isCatchingUp = false
    }
  }
  const advance = (seq: number) => {
    head = Math.max(head, seq)
    if (last < head) catchUp().catch(reject)
  }
  const subscriptions = [
    ...eventTypes.map(type =>
      channel.on(type, event => {
        if (event.seq === last + 1 && !isCatchingUp) showNew(event)
        advance(event.seq)
      }),
    ),
    channel.on('welcome', ({ data }) => {
      if (epoch !== null && data.epoch !== epoch) last = head = 0 // another log has taken its place
      epoch = data.epoch
      advance(data.head)
    }),
    channel.subscribe(() => {
      const error = connectionError(channel.state.connection)
      if (error !== null) reject(error)
    }),
  ]
  advance(channel.state.position)
  signal.addEventListener('abort', () => resolve(), { once: true })
  if (signal.aborted) resolve()
  return promise.finally(() => {
    for (const unsubscribe of subscriptions) unsubscribe()
  })
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
