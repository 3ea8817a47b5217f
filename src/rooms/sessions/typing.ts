import type { EphemeralData } from '../../protocol/frames.ts'
import type { Session } from './session.ts'

const lastsMs = 6_000 // typing ends by itself after this (P5)
const pauseMs = 2_000 // at most one frame per user in this time (P5)

// Stored in attachments: active while now < until; whether the last frame said so, and when it was sent (ms).
type Entry = { name: string; until: number; told: boolean; toldAt: number }
/** The typing that must survive hibernation. */
export type TypingSnapshot = [userId: string, entry: Entry][]

/** The users who are typing. */
export class Typing {
  readonly #users: Map<string, Entry>
  #next: number | null // ms: when a user's state may have to be sent or dropped
  readonly #changed: () => void
  /** The number of users with a state; a field, since every message reads it. */
  size = 0

  constructor(snapshot: TypingSnapshot, changed: () => void) {
    this.#users = new Map(snapshot)
    this.size = this.#users.size
    this.#changed = changed
    this.#next = this.#earliest()
  }

  /** Sets whether a user is typing. */
  set(session: Session, active: boolean, now: number): void {
    const { id, name } = session.user
    const entry = this.#users.get(id) ?? { name, until: 0, told: false, toldAt: Number.MIN_SAFE_INTEGER }
    if (!active && !this.#users.has(id)) return
    const next = { ...entry, until: active ? now + lastsMs : now }
    this.#users.set(id, next)
    this.#change()
    this.#next = Math.min(this.#next ?? Number.POSITIVE_INFINITY, dueOf(next))
  }

  /** Ends a user's typing: a message was sent, or the user left. */
  end(session: Session, now: number): void {
    this.set(session, false, now)
  }

  /** The frames that are due: one for every user whose state differs from what was sent last. */
  flush(now: number): EphemeralData['typing'][] {
    const frames: EphemeralData['typing'][] = []
    if (this.#next === null || now < this.#next) return frames
    this.#change()
    for (const [userId, entry] of this.#users) {
      const active = entry.until > now
      if (active !== entry.told && now >= entry.toldAt + pauseMs) {
        frames.push({ user_id: userId, user_name: entry.name, active })
        entry.told = active
        entry.toldAt = now
      }
      if (!active && !entry.told && now >= entry.toldAt + pauseMs) this.#users.delete(userId)
    }
    this.#next = this.#earliest()
    this.size = this.#users.size
    return frames
  }

  /** When `flush` has something to send or to drop next (ms), or null. */
  nextTick(): number | null {
    return this.#next
  }

  /** The state that must survive hibernation. */
  snapshot(): TypingSnapshot {
    return [...this.#users]
  }

  #change(): void {
    this.size = this.#users.size
    this.#changed()
  }

  #earliest(): number | null {
    let next: number | null = null
    for (const entry of this.#users.values()) next = Math.min(next ?? Number.POSITIVE_INFINITY, dueOf(entry))
    return next
  }
}

/** When an entry may have something to send (ms). */
function dueOf(entry: Entry): number {
  return Math.max(entry.told ? entry.until : 0, entry.toldAt + pauseMs)
}
