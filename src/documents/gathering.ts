import type { Session, SessionId } from '../rooms/sessions/session.ts'
import { gatherMs } from './document-pace.ts'

/** A change of the document, as a session sent it. `isReply`: it was asked for what it has. */
export type Change = { session: Session; update: Uint8Array; isReply: boolean }

const mostBytes = 65_536 // that wait

/**
 * The changes that came and are not merged yet. Where many have a document open, telling them takes most of the time, so
 * that what comes shortly after something was told waits until that time is over: all of it is one frame for each of them. What
 * comes alone is told at once (docs/decisions/0180-edits-that-share-a-frame.md).
 */
export class Gathering {
  #changes: Change[] = []
  #bytes = 0
  #isUrgent = false
  #sentAt = Number.NEGATIVE_INFINITY
  #dueAt: number | null = null
  readonly #authors = new Set<SessionId | null>()

  /** Adds a change. A reply does not wait. */
  add(change: Change): void {
    this.#changes.push(change)
    this.#bytes += change.update.byteLength
    this.#isUrgent ||= change.isReply || this.#bytes > mostBytes
  }

  /** What came so far is to be told at the end of this run. */
  hasten(): void {
    this.#isUrgent = true
  }

  /** Returns whether what came is to wait at the end of a run. `cursors`: how many wait, too. */
  holds(now: number, receivers: number, cursors: number): boolean {
    const until = this.#sentAt + gatherMs(receivers)
    const isSoon = now >= this.#sentAt && now < until
    const holds = isSoon && !this.#isUrgent && Math.max(cursors, this.#changes.length) > 0
    this.#isUrgent = false
    this.#dueAt = holds ? until : null
    return holds
  }

  /** When what waits is to be told (ms), or null: nothing waits. */
  get dueAt(): number | null {
    return this.#dueAt
  }

  /** The changes that came since the last call, to be merged. */
  take(): Change[] {
    this.#bytes = 0
    return this.#changes.splice(0)
  }

  /** A change of a session was merged; null: of nobody who has it open. */
  merged(author: SessionId | null): void {
    this.#authors.add(author)
  }

  /** The session that alone made what was merged since the last call, or null. */
  takeAuthor(): SessionId | null {
    const [author = null] = this.#authors
    const isAlone = this.#authors.size === 1
    this.#authors.clear()
    return isAlone ? author : null
  }

  /** Everybody was sent something. */
  sent(now: number): void {
    this.#sentAt = now
  }
}
