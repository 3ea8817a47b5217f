import { zeroChannelCounts } from '../../deployment/stats/counts.ts'
import { type Logger, type LogRecord, logFaultRecord } from '../../lib/logger.ts'
import type { ChannelName } from '../../protocol/channels.ts'
import { type CloseName, closeCodes } from '../../protocol/close-codes.ts'
import type { ServerFrame } from '../../protocol/frames.ts'
import type { ChannelCounts } from '../../protocol/stats.ts'
import type { Effect } from '../effects.ts'
import type { Session, SessionId } from '../sessions/session.ts'

/** What was counted since this channel last lost its memory. It travels on sockets' attachments: no row, and no wake-up. */
export type MetricsSnapshot = { id: string; counts: ChannelCounts }

/** What a witness needs of the world. */
type Ports = { channel: ChannelName; log: Logger; now: () => number; newId: () => string }

type Sessions = ReadonlyMap<SessionId, Session>
type Spoken = Extract<Effect, { do: 'send' | 'broadcast' }>

/** Sees what happens in a room, counts it, and writes down what is worth a line. It is told; it asks nobody. */
export class ChannelMetrics {
  readonly #ports: Ports
  #tally: MetricsSnapshot

  constructor(ports: Ports) {
    this.#ports = ports
    this.#tally = { id: ports.newId(), counts: zeroChannelCounts() }
  }

  get tally(): MetricsSnapshot {
    return this.#tally
  }

  get counts(): ChannelCounts {
    return this.#tally.counts
  }

  /** The object woke up: counting goes on with the newest tally that stands on a socket. */
  recall(tallies: readonly MetricsSnapshot[]): void {
    for (const tally of tallies) if (sizeOf(tally) > sizeOf(this.#tally)) this.#tally = tally
  }

  opened(session: Session, resumed: boolean): void {
    this.counts.connections += 1
    if (resumed) this.counts.resumes += 1
    this.#log({ event: 'opened', ...whose(session), dialect: session.dialect, resumed })
  }

  /** The room says something: lines are counted, and what is refused. */
  recordFrame({ frame, ...way }: Spoken, sessions: Sessions): void {
    if (!('type' in frame)) for (const event of frame) this.#count(event)
    else if (frame.type === 'error' && way.do === 'send') this.#refused(sessions.get(way.to), frame.data.code)
    else this.#count(frame)
  }

  /** A socket is gone, with a code of ours or of its peer's. */
  closed(session: Session, by: CloseName | number): void {
    const code = typeof by === 'number' ? by : closeCodes[by][0]
    more(this.counts.closes, known.has(code) ? `${code}` : 'other')
    const { startedAt, frames, refused } = session
    const ms = this.#ports.now() - startedAt
    const some = Object.keys(refused).length > 0 ? { refused } : {}
    this.#log({ event: 'closed', ...whose(session), code, ms, frames, ...some })
  }

  turnEnded({ turn, outcome, code, ms }: Extract<Effect, { do: 'turn ended' }>): void {
    more(this.counts.turns, outcome)
    const { id, agent, attempt: attempts, request } = turn
    const why = code === undefined ? {} : { code }
    this.#log({ event: 'turn', request: request ?? undefined, turn: id, agent, attempts, ms, outcome, ...why })
  }

  failed(error: unknown): void {
    this.counts.faults += 1
    this.#log(logFaultRecord('room', error))
  }

  #count({ type }: ServerFrame): void {
    if (type === 'message' || type === 'agent_message') this.counts.messages += 1
  }

  /** The first refusal of its code is a line; how many there were stands in the one that says that the socket closed. */
  #refused(session: Session | undefined, code: string): void {
    more(this.counts.refusals, code)
    if (session === undefined) return // a request over HTTP: the Worker says it
    if (more(session.refused, code) === 1) this.#log({ event: 'refused', code, ...whose(session) })
  }

  #log(entry: LogRecord): void {
    this.#ports.log({ ...entry, channel: this.#ports.channel }, this.#ports.now())
  }
}

function whose({ id, principal, request }: Session) {
  return { request, session: id, user: principal?.id ?? null }
}

// Codes are our own: no key here came from the network.
function more(byCode: Record<string, number>, code: string): number {
  const count = (byCode[code] ?? 0) + 1
  byCode[code] = count
  return count
}

/** Close codes that are counted one by one: ours, and those that peers and networks have reason to send. */
const known = new Set<number>([1000, 1001, 1005, 1006, ...Object.values(closeCodes).map(([code]) => code)])

function sizeOf({ counts }: MetricsSnapshot): number {
  return counts.frames_in + counts.frames_out + counts.connections + counts.messages
}
