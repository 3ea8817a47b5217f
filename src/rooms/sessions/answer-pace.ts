import type { Principal } from '../../auth/principal.ts'

const quickMs = 2_000 // people need longer to read a message and answer it
const quickInARow = 20 // answers, from which on two guests are slowed down
const pauseMs = 10_000 // after which they begin anew

/**
 * Slows down two guests who only answer each other, faster than people could, to the pace of people: programs that nobody
 * has marked as such. In memory, since it is over once nobody writes.
 */
export class AnswerPace {
  #last: { user: string; at: number } | null = null // the newest message of a guest
  #other: string | null = null // who wrote before that
  #quick = 0 // quick answers of these two in a row

  /** How long this user has to wait (ms) before their next message. */
  waitMs({ id, kind }: Principal, now: number): number {
    const isAnswer = kind === 'guest' && this.#last !== null && id === this.#other
    if (!isAnswer || this.#quick < quickInARow || this.#last === null) return 0
    return Math.max(0, this.#last.at + quickMs - now)
  }

  /** A user has sent a message. */
  sent({ id, kind }: Principal, now: number): void {
    const last = this.#last
    this.#last = kind === 'guest' ? { user: id, at: now } : null
    if (last === null || kind !== 'guest') {
      this.#other = null
      this.#quick = 0
    } else if (id !== last.user) {
      const elapsedMs = now - last.at
      if (id !== this.#other || elapsedMs > pauseMs) this.#quick = 0
      else if (elapsedMs < quickMs) this.#quick++
      this.#other = last.user
    }
  }
}
