import type { Channel, Connection, EventFrame } from '../client/client.ts'
import { type EventType, eventData } from '../protocol/events.ts'
import { type ApiTarget, apiPost } from './api-client.ts'
import { CliError } from './exit-codes.ts'

const pageSize = 200
const eventTypes = Object.keys(eventData) as EventType[]

/** Resolves once the channel is connected; rejects if it cannot be, or not within `withinMs`. */
export async function connected(server: ApiTarget, channel: Channel, withinMs: number): Promise<void> {
  await apiPost(server, 'api/tickets', { channel: channel.name }) // over HTTP a refusal says why
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = () => {
    const { connection } = channel.state
    const problem = cliErrorOf(connection)
    if (problem !== null) reject(problem)
    else if (connection.phase === 'live') resolve()
  }
  const late = () => reject(new CliError('unreachable', reasonOf(channel.state.connection)))
  const timer = setTimeout(late, withinMs)
  channel.subscribe(look) // and stay, until the channel is closed
  look()
  await promise.finally(() => clearTimeout(timer))
}

/** Why a connection will not come back by itself, or null. */
export function cliErrorOf(connection: Connection): CliError | null {
  if (connection.phase === 'signed_out') return new CliError('unauthenticated', reasonOf(connection))
  if (connection.phase !== 'ended') return null
  return new CliError(connection.reason?.code === '404' ? 'not_found' : 'forbidden', reasonOf(connection))
}

function reasonOf({ reason }: Connection): string {
  return reason?.message || 'The server does not answer.'
}

/**
 * Calls `show` with every event after `after`, in order, each once, over any number of reconnects: an event that comes
 * live is shown if it is the next one; if it is not, what lies between is asked for. Ends with the signal; rejects when
 * the connection ends for good.
 */
export function followLog(
  channel: Channel,
  after: number,
  signal: AbortSignal,
  show: (event: EventFrame) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let last = after
  let known = after // the log reaches at least so far
  let epoch = channel.state.epoch
  let asking = false

  const take = (event: EventFrame) => {
    if (event.seq <= last) return
    last = event.seq
    show(event)
  }
  const catchUp = async () => {
    if (asking) return
    asking = true
    try {
      for (let before = -1; last < known && last > before; ) {
        before = last
        for await (const event of readLog(channel, last)) take(event)
      }
    } finally {
      asking = false
    }
  }
  const reaches = (seq: number) => {
    known = Math.max(known, seq)
    if (last < known) catchUp().catch(reject)
  }
  const releases = [
    ...eventTypes.map(type =>
      channel.on(type, event => {
        if (event.seq === last + 1 && !asking) take(event)
        reaches(event.seq)
      }),
    ),
    channel.on('welcome', ({ data }) => {
      if (epoch !== null && data.epoch !== epoch) last = known = 0 // another log took its place
      epoch = data.epoch
      reaches(data.head)
    }),
    channel.subscribe(() => {
      const problem = cliErrorOf(channel.state.connection)
      if (problem !== null) reject(problem)
    }),
  ]
  reaches(channel.state.position)
  signal.addEventListener('abort', () => resolve(), { once: true })
  if (signal.aborted) resolve()
  return promise.finally(() => {
    for (const release of releases) release()
  })
}

/** The log after a seq, up to where it ends now. */
export async function* readLog(channel: Channel, after: number): AsyncGenerator<EventFrame> {
  for (let last = after, more = true; more; ) {
    const page = await channel.history({ after: last, limit: pageSize })
    yield* page.events
    last = page.events.at(-1)?.seq ?? last
    more = page.more && page.events.length > 0
  }
}
