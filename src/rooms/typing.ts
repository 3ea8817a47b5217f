import type { EphemeralData } from '../protocol/frames.ts'
import type { Session } from './session.ts'

const lastsMs = 6_000 // typing ends by itself after this (P5)
const pauseMs = 2_000 // at most one frame per user in this time (P5)

type Entry = { name: string; until: number; told: boolean; toldAt: number } // active while now < until
export type TypingNotes = [userId: string, entry: Entry][]

/** Who is writing a line just now. */
export class Typing {
  readonly #users: Map<string, Entry>

  constructor(notes: TypingNotes) {
    this.#users = new Map(notes)
  }

  set(session: Session, active: boolean, now: number): void {
    const { id, name } = session.user
    const entry = this.#users.get(id) ?? { name, until: 0, told: false, toldAt: Number.MIN_SAFE_INTEGER }
    if (!active && !this.#users.has(id)) return
    this.#users.set(id, { ...entry, until: active ? now + lastsMs : now })
  }

  /** Ends a user's typing: the line was said, or the user left. */
  end(session: Session, now: number): void {
    this.set(session, false, now)
  }

  /** What must be told now: every user whose state differs from what was last said. */
  tell(now: number): EphemeralData['typing'][] {
    const frames: EphemeralData['typing'][] = []
    for (const [userId, entry] of this.#users) {
      const active = entry.until > now
      if (active !== entry.told && now >= entry.toldAt + pauseMs) {
        frames.push({ user_id: userId, user_name: entry.name, active })
        entry.told = active
        entry.toldAt = now
      }
      if (!active && !entry.told && now >= entry.toldAt + pauseMs) this.#users.delete(userId)
    }
    return frames
  }

  /** When `tell` has something to say or to forget next (ms), or null. */
  nextTelling(): number | null {
    let next: number | null = null
    for (const entry of this.#users.values()) {
      const at = Math.max(entry.told ? entry.until : 0, entry.toldAt + pauseMs)
      next = next === null ? at : Math.min(next, at)
    }
    return next
  }

  notes(): TypingNotes {
    return [...this.#users]
  }
}
