import { jsonOf } from '../../protocol/event-json-cache.ts'
import type { Changed, Component } from '../component.ts'
import type { ConnectionProbe } from '../deps.ts'
import type { Settings } from '../members/settings.ts'
import { type EphemeralDelivery, ephemeralTo, type Outcome, outcome, sequence } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import type { EventLog } from './event-log.ts'

/** Where a client left off: the last seq it received, and of which log. */
export type Resume = { since: number; epoch: string | null }

const pageEvents = 200
const bytesAtOnce = 393_216 // sent before the socket must have taken some of it
const backlogBytes = 131_072 // that may still be on the way when the next page goes out
const pauseMs = 20 // between two looks at whether it was taken

/** Can everything after that point be sent without a hole? Never partly (R2). */
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
 * Sends sessions what they missed, page by page, until they have reached the head; from then on they are live. While a
 * session's cursor is set it is sent no logged event directly: each comes exactly once, in its history.
 */
export class Replays implements Component {
  readonly #log: EventLog
  readonly #probe: Pick<ConnectionProbe, 'backlog'>
  readonly #changed: Changed
  readonly #sessions = new Set<Session>()
  readonly #openedAt: number // ms
  readonly #touched: Set<Session> // a cursor is stored in its session's attachment
  #lookAt: number | null = null

  constructor({ log, probe, openedAt, touched }: Context, changed: Changed) {
    this.#touched = touched
    this.#log = log
    this.#probe = probe
    this.#openedAt = openedAt
    this.#changed = changed
  }

  nextTick(): number | null {
    return this.#lookAt
  }

  onTick(now: number): Outcome {
    return sequence(...[...this.#sessions].map(session => this.#nextPages(session, now)))
  }

  /** A session that was in the middle of a replay when the object hibernated. */
  restore(session: Session): void {
    if (session.cursor === null) return
    this.#sessions.add(session)
    this.#look(this.#openedAt + pauseMs)
  }

  /** Begins after `since`; sends the first pages. */
  begin(session: Session, since: number, now: number): Outcome {
    session.cursor = since
    this.#sessions.add(session)
    return this.#nextPages(session, now)
  }

  end(session: Session): void {
    if (this.#sessions.delete(session)) this.#look(this.#lookAt ?? this.#openedAt)
  }

  /** Sends the next pages if the socket has taken most of the last ones. */
  #nextPages(session: Session, now: number): Outcome {
    const pages: EphemeralDelivery[] = []
    this.#touched.add(session)
    let sent = this.#probe.backlog(session.id) <= backlogBytes ? 0 : bytesAtOnce
    while (session.cursor !== null && sent < bytesAtOnce) {
      const { events, more } = this.#log.after(session.cursor, pageEvents)
      sent += events.reduce((sum, event) => sum + jsonOf(event).length, 0)
      pages.push(ephemeralTo(session, 'history', { events, more }, now))
      session.cursor = more ? (events.at(-1)?.seq ?? session.cursor) : null
    }
    if (session.cursor === null) this.#sessions.delete(session)
    this.#look(now + pauseMs)
    return outcome({ ephemeral: pages })
  }

  #look(at: number): void {
    this.#lookAt = this.#sessions.size > 0 ? at : null
    this.#changed()
  }
}
