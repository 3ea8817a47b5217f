import type { Member, PresenceDiff } from '../../protocol/frames.ts'
import type { User } from '../../protocol/roles.ts'
import type { Session, SessionId } from './session.ts'

/** Above so many members nobody is told names any more, only the count (P4). */
export const namesUpTo = 200
const graceMs = 10_000 // a reconnect within this is silent (P2)
const pauseMs = 1_000 // at most one frame per channel in this time (P1)

type Entry = { user: User; sessions: Set<SessionId>; state: Session['state'] }
type Leaving = { member: Member; until: number }

/** What presence must remember while somebody is here, small enough for a socket's attachment. */
export type PresenceSnapshot = {
  leaving: Leaving[]
  joined: string[]
  changed: string[]
  left: Member[]
  toldAt: number
  toldCount: number
}

/** Who is here. The roster is what sockets are open; only what is still to be told is remembered. */
export class Presence {
  readonly #here = new Map<string, Entry>()
  readonly #leaving = new Map<string, Leaving>()
  readonly #joined = new Set<string>()
  readonly #changed = new Set<string>()
  readonly #left = new Map<string, Member>()
  #listeners = 0 // native sessions: with none there is nobody to tell, and nothing is owed
  #toldAt = Number.NEGATIVE_INFINITY
  #toldCount = 0
  #changes = 0

  /** Grows with every change of what the notes hold, so that who writes them knows whether there is anything new. */
  get changes(): number {
    return this.#changes
  }

  /** Puts an open socket back on the roster after a wake-up; nobody is told, nothing happened. */
  restore(session: Session): void {
    if (session.dialect === 'native') this.#listeners += 1
    const entry = this.#here.get(session.user.id) ?? { user: session.user, sessions: new Set(), state: session.state }
    entry.sessions.add(session.id)
    this.#here.set(session.user.id, entry)
  }

  join(session: Session): void {
    if (session.dialect === 'native') this.#listeners += 1
    const id = session.user.id
    const entry = this.#here.get(id)
    if (entry !== undefined) {
      entry.sessions.add(session.id)
      session.state = entry.state
      this.#note(this.#changed, id)
      return
    }
    this.#here.set(id, { user: session.user, sessions: new Set([session.id]), state: null })
    this.#changes += 1
    if (this.#leaving.delete(id)) return // back within the grace: nobody was told that it went
    if (this.#left.delete(id)) this.#note(this.#changed, id)
    else this.#joined.add(id)
  }

  leave(session: Session, now: number): void {
    const id = session.user.id
    const entry = this.#here.get(id)
    if (entry === undefined || !entry.sessions.delete(session.id)) return
    if (session.dialect === 'native') this.#listeners -= 1
    if (this.#listeners === 0 && this.#leaving.size > 0) {
      this.#changes += 1
      this.#leaving.clear()
    }
    if (entry.sessions.size > 0) {
      this.#note(this.#changed, id)
      return
    }
    const member = this.#member(entry)
    this.#changes += 1
    this.#here.delete(id)
    this.#changed.delete(id)
    if (this.#joined.delete(id)) return // was never told to be here
    if (this.#listeners > 0) this.#leaving.set(id, { member, until: now + graceMs })
  }

  /** A member's own free-form state, shown to the others. */
  setState(session: Session, state: Session['state']): void {
    const entry = this.#here.get(session.user.id)
    if (entry === undefined) return
    entry.state = state
    this.#note(this.#changed, session.user.id)
  }

  /** A member's name or role is another now. */
  setUser(user: User): void {
    const entry = this.#here.get(user.id)
    if (entry === undefined) return
    entry.user = user
    this.#note(this.#changed, user.id)
  }

  /** How many sockets hear what is of the moment. */
  get subscribers(): number {
    return this.#listeners
  }

  /** How many are here, those in their grace included. */
  get count(): number {
    return this.#here.size + this.#leaving.size
  }

  /** So many that nobody is told of any one of them (P4). */
  get isLarge(): boolean {
    return this.count > namesUpTo
  }

  /** Everybody here, for a newcomer; empty above 200. Who is in the grace shows with no session. */
  members(): Member[] {
    if (this.isLarge) return []
    return [
      ...[...this.#here.values()].map(entry => this.#member(entry)),
      ...[...this.#leaving.values()].map(({ member }) => member),
    ]
  }

  /** The sessions a user has open here. */
  sessionsOf(userId: string): ReadonlySet<SessionId> {
    return this.#here.get(userId)?.sessions ?? new Set()
  }

  /** What must be told now, or null: nothing changed, or the last frame was less than a second ago. */
  flush(now: number): PresenceDiff | null {
    for (const [id, { member, until }] of this.#leaving) {
      if (until > now) break // in the order of leaving, and the grace is the same for all
      this.#leaving.delete(id)
      this.#left.set(id, member)
      this.#changes += 1
    }
    if (this.#listeners === 0) this.#forget()
    if (!this.#isOwed() || now < this.#toldAt + pauseMs) return null
    const crowd = this.isLarge
    const diff: PresenceDiff = {
      joined: crowd ? [] : this.#list(this.#joined),
      left: crowd ? [] : [...this.#left.values()],
      changed: crowd ? [] : this.#list(this.#changed),
      count: this.count,
    }
    const news = !crowd || this.count !== this.#toldCount
    this.#forget()
    if (!news) return null
    this.#changes += 1
    this.#toldAt = now
    this.#toldCount = this.count
    return diff
  }

  /** When `tell` has something to say next (ms), or null. */
  nextTick(): number | null {
    if (this.#isOwed()) return this.#toldAt + pauseMs
    return this.#leaving.values().next().value?.until ?? null
  }

  /** How many people stand in the notes. */
  get snapshotSize(): number {
    return this.#leaving.size + this.#joined.size + this.#changed.size + this.#left.size
  }

  snapshot(): PresenceSnapshot {
    return {
      leaving: [...this.#leaving.values()],
      joined: [...this.#joined],
      changed: [...this.#changed],
      left: [...this.#left.values()],
      toldAt: Number.isFinite(this.#toldAt) ? this.#toldAt : 0,
      toldCount: this.#toldCount,
    }
  }

  restoreSnapshot(notes: PresenceSnapshot): void {
    for (const leaving of notes.leaving) this.#leaving.set(leaving.member.id, leaving)
    for (const id of notes.joined) this.#joined.add(id)
    for (const id of notes.changed) this.#changed.add(id)
    for (const member of notes.left) this.#left.set(member.id, member)
    this.#toldAt = notes.toldAt
    this.#toldCount = notes.toldCount
  }

  #forget(): void {
    if (this.#isOwed()) this.#changes += 1
    this.#joined.clear()
    this.#changed.clear()
    this.#left.clear()
  }

  #isOwed(): boolean {
    return this.#joined.size + this.#changed.size + this.#left.size > 0
  }

  #note(set: Set<string>, id: string): void {
    this.#changes += 1
    if (!this.#joined.has(id)) set.add(id)
  }

  #list(ids: ReadonlySet<string>): Member[] {
    return [...ids].flatMap(id => {
      const entry = this.#here.get(id)
      return entry === undefined ? [] : [this.#member(entry)]
    })
  }

  #member({ user, sessions, state }: Entry): Member {
    return { ...user, sessions: sessions.size, ...(state === null ? {} : { state }) }
  }
}
