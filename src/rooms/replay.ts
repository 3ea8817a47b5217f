import { type Effect, send } from './effects.ts'
import type { Log } from './log.ts'
import type { Session } from './session.ts'
import type { Settings } from './settings.ts'

/** Where a client left off: the last seq it saw, and of which log. */
export type Resume = { since: number; epoch: string | null }

const pageEvents = 200
const pagesAtOnce = 2 // then the socket must have taken some of it
const backlogBytes = 131_072 // that may still be on the way when the next page goes out
/** How often a socket that is being replayed to is looked after (ms). */
export const replayPauseMs = 20

/** Can everything after that point be told without a hole? Never partly (R2). */
export function isRecoverable({ since, epoch }: Resume, log: Log, settings: Settings): boolean {
  return epoch === settings.epoch && Number.isSafeInteger(since) && since <= log.head && since >= log.earliest - 1
}

/**
 * Tells a resuming session what it missed, page by page, until it has reached the head; from then on it is live. While
 * its cursor is set it hears no logged event directly: each comes exactly once, through its history.
 */
export function replay(log: Log, session: Session, backlog: number, now: number): Effect[] {
  const effects: Effect[] = []
  for (let page = 0; session.cursor !== null && page < pagesAtOnce && backlog <= backlogBytes; page++) {
    const { events, more } = log.after(session.cursor, pageEvents)
    effects.push(send(session, 'history', { events, more }, now))
    session.cursor = more ? (events.at(-1)?.seq ?? session.cursor) : null
  }
  return effects
}
