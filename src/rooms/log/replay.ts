import { jsonOf } from '../../protocol/event-json-cache.ts'
import { type Effect, send } from '../effects.ts'
import type { Settings } from '../members/settings.ts'
import type { Session } from '../sessions/session.ts'
import type { EventLog } from './event-log.ts'

/** Where a client left off: the last seq it saw, and of which log. */
export type Resume = { since: number; epoch: string | null }

const pageEvents = 200
const bytesAtOnce = 393_216 // said before the socket must have taken some of it
const backlogBytes = 131_072 // that may still be on the way when the next page goes out
const pauseMs = 20 // between two looks at whether it was taken

/** Can everything after that point be told without a hole? Never partly (R2). */
export function canResume({ since, epoch }: Resume, log: EventLog, settings: Settings): boolean {
  return epoch === settings.epoch && Number.isSafeInteger(since) && since <= log.head && since >= log.earliest - 1
}

/**
 * The sessions that are being told what they missed, page by page, until they have reached the head; from then on they
 * are live. While a session's cursor is set it hears no logged event directly: each comes exactly once, by its history.
 */
export class Replays {
  readonly #log: EventLog
  readonly #sessions = new Set<Session>()

  constructor(log: EventLog) {
    this.#log = log
  }

  /** A session that was being replayed to when the object was put to sleep. */
  restore(session: Session): void {
    if (session.cursor !== null) this.#sessions.add(session)
  }

  /** Begins after `since`; says the first pages. */
  begin(session: Session, since: number, now: number): Effect[] {
    session.cursor = since
    this.#sessions.add(session)
    return this.nextPages(session, 0, now)
  }

  /** Says the next pages if the socket has taken most of the last ones: `backlog` bytes are still on their way. */
  nextPages(session: Session, backlog: number, now: number): Effect[] {
    const effects: Effect[] = []
    let said = backlog <= backlogBytes ? 0 : bytesAtOnce
    while (session.cursor !== null && said < bytesAtOnce) {
      const { events, more } = this.#log.after(session.cursor, pageEvents)
      said += events.reduce((sum, event) => sum + jsonOf(event).length, 0)
      effects.push(send(session, 'history', { events, more }, now))
      session.cursor = more ? (events.at(-1)?.seq ?? session.cursor) : null
    }
    if (session.cursor === null) this.#sessions.delete(session)
    return effects
  }

  end(session: Session): void {
    this.#sessions.delete(session)
  }

  /** Those who wait for more. */
  get waiting(): readonly Session[] {
    return [...this.#sessions]
  }

  /** When they are to be looked after (ms), or null: nobody waits. */
  nextLook(now: number): number | null {
    return this.#sessions.size > 0 ? now + pauseMs : null
  }
}
