import { jsonOf } from '../../protocol/events/event-json-cache.ts'
import type { Changed, Component } from '../component.ts'
import type { ConnectionProbe } from '../deps.ts'
import type { Settings } from '../members/settings.ts'
import { type EphemeralDelivery, ephemeralTo, type Outcome, outcome, sequence } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import type { EventLog } from './event-log.ts'

/**
 * Where a client left off: the last seq it received, and the epoch of that log. `isServed`: its relay has the events since
 * then, and sends them itself.
 */
export type Resume = { since: number; epoch: string | null; isServed?: true }

const pageEvents = 200
const highWaterBytes = 393_216 // sent before the replay waits for the socket's buffer to drain
const lowWaterBytes = 131_072 // the buffer must have drained to this before the next page is sent
const pauseMs = 20 // between two checks of the socket's buffer

/** Returns whether every event after that point can be sent (R2). */
export function canResume({ since, epoch }: Resume, log: EventLog, settings: Settings): boolean {
  return epoch === settings.epoch && Number.isSafeInteger(since) && since <= log.head && since >= log.earliest - 1
}

type Context = {
  log: EventLog
  probe: Pick<ConnectionProbe, 'backlog'>
  openedAt: number // ms
  touched: Set<Session>
}

/**
 * Sends sessions the events they missed, page by page, until they have reached the head; from then on they are live.
 * While a session's cursor is set, no logged event is sent to it directly: it receives each event
 * exactly once, through the replay.
 */
export class Replays implements Component {
  readonly #log: EventLog
  readonly #probe: Pick<ConnectionProbe, 'backlog'>
  readonly #changed: Changed
  readonly #sessions = new Set<Session>()
  readonly #openedAt: number // ms
  readonly #touched: Set<Session> // whose attachments must be stored: a cursor is part of them
  #nextCheck: number | null = null

  constructor({ log, probe, openedAt, touched }: Context, changed: Changed) {
    this.#touched = touched
    this.#log = log
    this.#probe = probe
    this.#openedAt = openedAt
    this.#changed = changed
  }

  nextTick(): number | null {
    return this.#nextCheck
  }

  onTick(now: number): Outcome {
    return sequence(...[...this.#sessions].map(session => this.#nextPages(session, now)))
  }

  /** Continues the replay of a session that had one when the object hibernated. */
  restore(session: Session): void {
    if (session.cursor === null) return
    this.#sessions.add(session)
    this.#checkAt(this.#openedAt + pauseMs)
  }

  /** Begins the replay of the events after `since`, and sends the first pages. */
  begin(session: Session, since: number, now: number): Outcome {
    session.cursor = since
    this.#sessions.add(session)
    return this.#nextPages(session, now)
  }

  /** Ends the replay of a session that is gone, if it has one. */
  end(session: Session): void {
    if (this.#sessions.delete(session)) this.#checkAt(this.#nextCheck ?? this.#openedAt)
  }

  /** Sends the next pages if the socket's buffer has drained. */
  #nextPages(session: Session, now: number): Outcome {
    const pages: EphemeralDelivery[] = []
    this.#touched.add(session)
    let sent = this.#probe.backlog(session.id) <= lowWaterBytes ? 0 : highWaterBytes
    while (session.cursor !== null && sent < highWaterBytes) {
      const { events, more } = this.#log.after(session.cursor, pageEvents)
      sent += events.reduce((sum, event) => sum + jsonOf(event).length, 0)
      pages.push(ephemeralTo(session, 'history', { events, more }, now))
      session.cursor = more ? (events.at(-1)?.seq ?? session.cursor) : null
    }
    if (session.cursor === null) this.#sessions.delete(session)
    this.#checkAt(now + pauseMs)
    return outcome({ ephemeral: pages })
  }

  #checkAt(at: number): void {
    this.#nextCheck = this.#sessions.size > 0 ? at : null
    this.#changed()
  }
}
