import type { Member, PresenceDiff } from '../../protocol/frames.ts'
import type { User } from '../../protocol/roles.ts'
import { receivesEphemeral, type Session, type SessionId } from './session.ts'

/** With more members than this, frames have no names, only the count (P4). */
const namesUpTo = 200
const graceMs = 10_000 // a reconnect within this is silent (P2)
const smallUpTo = 25 // members
const pauseMs = { small: 50, others: 1_000 } // at most one frame per channel in this time (P1)

type Entry = { user: User; sessions: Set<SessionId>; state: Session['state']; joinedAt: number }
// `isSilent`: everybody who knows the entry knows it with one session and as in `member`. If that is so again when the
// user returns, and nobody was shown the roster meanwhile (`shown`), nothing has to be sent.
type Leaving = { member: Member; until: number; isSilent?: boolean; shown?: number }

/** The presence that must survive hibernation, small enough for a socket's attachment. The keys are stored ones. */
export type PresenceSnapshot = {
  leaving: Leaving[]
  joined: string[]
  changed: string[]
  left: Member[]
  toldAt: number
  toldCount: number
}

const shownBefore = -1 // the roster may have been shown since this user joined

/** The users who are here. The roster follows from the open sockets; only pending changes are stored. */
export class Presence {
  readonly #here = new Map<string, Entry>()
  readonly #leaving = new Map<string, Leaving>()
  readonly #joined = new Set<string>()
  readonly #changed = new Set<string>()
  readonly #left = new Map<string, Member>()
  #shown = 0 // how many sessions were shown the roster, in their welcome
  #subscribers = 0 // sessions that receive presence: without any, nothing is pending
  #sentAt = Number.NEGATIVE_INFINITY // ms: of the last frame
  #sentCount = 0
  readonly #onChange: () => void

  /** `changed` is called after every change that may have to be sent. */
  constructor(changed: () => void = () => {}) {
    this.#onChange = changed
  }

  /** Adds an open socket to the roster after a wake-up, without sending anything. */
  restore(session: Session): void {
    if (receivesEphemeral(session)) this.#subscribers += 1
    const { user, state } = session
    const entry = this.#here.get(user.id) ?? { user, sessions: new Set(), state, joinedAt: shownBefore }
    entry.sessions.add(session.id)
    this.#here.set(session.user.id, entry)
  }

  /** Adds a session; if it is its user's first, the user joins. */
  join(session: Session): void {
    const id = session.user.id
    const entry = this.#here.get(id)
    const returning = this.#leaving.get(id)
    const isSilent = returning !== undefined && this.#isAsBefore(returning, session.user)
    if (receivesEphemeral(session)) {
      this.#subscribers += 1
      this.#shown += 1
    }
    if (entry !== undefined) {
      entry.sessions.add(session.id)
      session.state = entry.state
      this.#mark(this.#changed, id)
      return
    }
    session.state = null // a guest's that became this user
    this.#here.set(id, { user: session.user, sessions: new Set([session.id]), state: null, joinedAt: this.#shown })
    this.#change()
    if (isSilent)
      this.#leaving.delete(id) // back within the grace period: no frame said that the user left
    else if (this.#leaving.delete(id) || this.#left.delete(id)) this.#mark(this.#changed, id)
    else this.#joined.add(id)
  }

  /** Removes a session; if it was its user's last, the user leaves after a grace period. */
  leave(session: Session, now: number): void {
    const id = session.user.id
    const entry = this.#here.get(id)
    if (entry === undefined || !entry.sessions.delete(session.id)) return
    if (receivesEphemeral(session)) this.#subscribers -= 1
    if (this.#subscribers === 0 && this.#leaving.size > 0) {
      this.#change()
      this.#leaving.clear()
    }
    if (entry.sessions.size > 0) {
      this.#mark(this.#changed, id)
      return
    }
    const member = this.#member(entry)
    this.#change()
    this.#here.delete(id)
    const isPending = this.#changed.delete(id)
    const isUnknown = this.#joined.delete(id)
    if (isUnknown && entry.joinedAt === this.#shown) return // no frame and no welcome said that the user joined
    if (this.#subscribers === 0) return
    this.#leaving.set(id, { member, until: now + graceMs, isSilent: !isPending && !isUnknown, shown: this.#shown })
  }

  /** Sets a member's presence state. */
  setState(id: string, state: Session['state']): void {
    const entry = this.#here.get(id)
    if (entry === undefined) return
    entry.state = state
    this.#mark(this.#changed, id)
  }

  /** Changes a member's name or role. */
  setUser(user: User): void {
    const entry = this.#here.get(user.id)
    if (entry === undefined) return
    entry.user = user
    this.#mark(this.#changed, user.id)
  }

  /** The number of sessions that receive ephemeral frames. */
  get subscribers(): number {
    return this.#subscribers
  }

  /** The number of users who are here, including those in their grace period. */
  get count(): number {
    return this.#here.size + this.#leaving.size
  }

  /** Whether there are so many users that frames have no names (P4). */
  get isLarge(): boolean {
    return this.count > namesUpTo
  }

  /** All users who are here; empty above 200. Users in their grace period have no sessions. */
  members(): Member[] {
    if (this.isLarge) return []
    return [
      ...[...this.#here.values()].map(entry => this.#member(entry)),
      ...[...this.#leaving.values()].map(({ member }) => member),
    ]
  }

  /** The ids of all users who have sessions here, however many they are. */
  users(): string[] {
    return [...this.#here.keys()]
  }

  /** The sessions a user has open here. */
  sessionsOf(userId: string): ReadonlySet<SessionId> {
    return this.#here.get(userId)?.sessions ?? new Set()
  }

  /** The frame that is due, or null: nothing changed, or the last frame was less than a second ago. */
  flush(now: number): PresenceDiff | null {
    for (const [id, { member, until }] of this.#leaving) {
      if (until > now) break // they are in the order of leaving, and the grace period is the same for all
      this.#leaving.delete(id)
      this.#left.set(id, member)
      this.#change()
    }
    if (this.#subscribers === 0) this.#clearPending()
    if (!this.#isPending() || now < this.#sentAt + this.#pause) return null
    const isLarge = this.isLarge
    const diff: PresenceDiff = {
      joined: isLarge ? [] : this.#list(this.#joined),
      left: isLarge ? [] : [...this.#left.values()],
      changed: isLarge ? [] : this.#list(this.#changed),
      count: this.count,
    }
    const isNew = !isLarge || this.count !== this.#sentCount
    this.#clearPending()
    if (!isNew) return null
    this.#change()
    this.#sentAt = now
    this.#sentCount = this.count
    return diff
  }

  /** When `flush` has something to send next (ms), or null. */
  nextTick(): number | null {
    if (this.#isPending()) return this.#sentAt + this.#pause
    return this.#leaving.values().next().value?.until ?? null
  }

  /** The number of users in a snapshot. */
  get snapshotSize(): number {
    return this.#leaving.size + this.#joined.size + this.#changed.size + this.#left.size
  }

  /** The state that must survive hibernation. */
  snapshot(): PresenceSnapshot {
    return {
      leaving: [...this.#leaving.values()].map(({ member, until, isSilent, shown }) => {
        return { member, until, isSilent: isSilent === true && shown === this.#shown }
      }),
      joined: [...this.#joined],
      changed: [...this.#changed],
      left: [...this.#left.values()],
      toldAt: Number.isFinite(this.#sentAt) ? this.#sentAt : 0,
      toldCount: this.#sentCount,
    }
  }

  /** Restores a snapshot. */
  restoreSnapshot(snapshot: PresenceSnapshot): void {
    for (const leaving of snapshot.leaving) this.#leaving.set(leaving.member.id, { ...leaving, shown: this.#shown })
    for (const id of snapshot.joined) this.#joined.add(id)
    for (const id of snapshot.changed) this.#changed.add(id)
    for (const member of snapshot.left) this.#left.set(member.id, member)
    this.#sentAt = snapshot.toldAt
    this.#sentCount = snapshot.toldCount
  }

  get #pause(): number {
    return this.count <= smallUpTo ? pauseMs.small : pauseMs.others
  }

  /** Is the entry of a user who returns the one that everybody knows? */
  #isAsBefore({ member, isSilent, shown }: Leaving, { name, kind, role }: User): boolean {
    const isSame = member.name === name && member.kind === kind && member.role === role && member.state === undefined
    return isSilent === true && shown === this.#shown && isSame
  }

  #change(): void {
    this.#onChange()
  }

  #clearPending(): void {
    if (this.#isPending()) this.#change()
    this.#joined.clear()
    this.#changed.clear()
    this.#left.clear()
  }

  #isPending(): boolean {
    return this.#joined.size + this.#changed.size + this.#left.size > 0
  }

  #mark(set: Set<string>, id: string): void {
    this.#change()
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
