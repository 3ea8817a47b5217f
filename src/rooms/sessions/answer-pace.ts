import type { Principal } from '../../auth/principal.ts'

const quickMs = 2_000 // people need longer to read a message and answer it
const quickInARow = 20 // answers, from which on two guests are slowed down
const pauseMs = 10_000 // after which they begin anew

/** A message that a guest is about to send, or has sent. */
type Sent = { by: Principal; content: string }

/**
 * Slows down two guests who only mention each other, faster than people could, to the pace of people: programs that nobody
 * has marked as such. Guests who write at the same time, without a mention, are not slowed. In memory, since it is over once
 * nobody writes.
 */
export class AnswerPace {
  #last: { user: string; name: string; at: number } | null = null // the newest message, if it is a guest's
  #other: string | null = null // who wrote before that
  #quick = 0 // quick answers of these two in a row

  /** How long this user has to wait (ms) before their next message. */
  waitMs({ by, content }: Sent, now: number): number {
    const last = this.#last
    if (last === null || this.#quick < quickInARow || by.id !== this.#other) return 0
    return mentions(content, last.name) ? Math.max(0, last.at + quickMs - now) : 0
  }

  /** A message was stored. */
  sent({ by: { id, name, kind }, content }: Sent, now: number): void {
    const last = this.#last
    this.#last = kind === 'guest' ? { user: id, name, at: now } : null
    if (last?.user === id) return
    if (last === null || kind !== 'guest' || !mentions(content, last.name)) {
      this.#other = null
      this.#quick = 0
    } else {
      const elapsedMs = now - last.at
      if (id !== this.#other || elapsedMs > pauseMs) this.#quick = 0
      else if (elapsedMs < quickMs) this.#quick++
      this.#other = last.user
    }
  }
}

const mentions = (content: string, name: string): boolean => content.toLowerCase().includes(`@${name.toLowerCase()}`)
