import type { EphemeralData } from '../../protocol/frames.ts'
import type { Session } from './session.ts'

const lastsMs = 6_000 // typing ends by itself after this (P5)
const pauseMs = 2_000 // at most one frame per user in this time (P5)

type Entry = { name: string; until: number; told: boolean; toldAt: number } // active while now < until
/** What typing must remember across hibernation. */
export type TypingSnapshot = [userId: string, entry: Entry][]

/** Who is typing. */
export class Typing {
  readonly #users: Map<string, Entry>
  #next: number | null // when somebody's state may have to be sent or dropped
  readonly #changed: () => void
  /** Users whose state is known here; a field, since every message looks at it. */
  size = 0

  constructor(snapshot: TypingSnapshot, changed: () => void) {
    this.#users = new Map(snapshot)
    this.size = this.#users.size
    this.#changed = changed
    this.#next = this.#earliest()
  }

  set(session: Session, active: boolean, now: number): void {
    const { id, name } = session.user
    const entry = this.#users.get(id) ?? { name, until: 0, told: false, toldAt: Number.MIN_SAFE_INTEGER }
    if (!active && !this.#users.has(id)) return
    const next = { ...entry, until: active ? now + lastsMs : now }
    this.#users.set(id, next)
    this.#change()
    this.#next = Math.min(this.#next ?? Number.POSITIVE_INFINITY, dueOf(next))
  }

  /** Ends a user's typing: the message was sent, or the user left. */
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
function dueOf({ told, until, toldAt }: Entry): number {
  return Math.max(told ? until : 0, toldAt + pauseMs)
}
