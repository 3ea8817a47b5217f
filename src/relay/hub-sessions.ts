import type { DialectName } from '../protocol/dialects/index.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { SessionStore, StoredSession } from './session-store.ts'

const stateDelayMs = 5_000 // a presence state that changes many times a second must not be a row each time

/** One session of a circle whose socket stands at a relay. */
export type RelayedSession = {
  readonly id: SessionId
  readonly relay: string // its name
  readonly dialect: DialectName
  stored: Stored | null // what its row has; null: it has none yet
  expires: number | null // ms: as its relay knows it
  isLive: boolean // its relay knows that it has every event it was to be sent from the log
  pending: number // characters sent to it alone that it has not taken, as far as its relay said
}

/** The part of a session that its row has: others' rights and streams depend on it. Sessions are changed by copying. */
type Stored = Pick<StoredSession, 'principal' | 'user' | 'agent' | 'tellsTaken' | 'state'> & {
  kept: StoredSession['kept']
  signals: StoredSession['signals']
  isReplaying: boolean
}

/**
 * The sessions of a circle whose sockets stand at relays, and their rows. The room has them in memory: here is what is needed
 * to send to them, and to know whether their rows are right.
 */
export class HubSessions {
  readonly #store: SessionStore
  readonly #later: (run: () => void, ms: number) => void
  readonly #byId = new Map<SessionId, RelayedSession>()
  /** Those that may get other frames than the rest of their relay: their replay has not ended, or they asked for signals. */
  readonly special = new Set<RelayedSession>()
  readonly #unstored = new Map<RelayedSession, StoredSession>() // that differ from their rows in state or cursor
  #loaded: StoredSession[] | null = null // the rows, until the room has them
  #isTimed = false // a timer runs that stores states

  /** `later`: runs something after a while, and keeps the object in memory until then. */
  constructor(store: SessionStore, later: (run: () => void, ms: number) => void) {
    this.#store = store
    this.#later = later
  }

  /**
   * Finds the sessions that outlived the last instance. Returns those whose replay had not ended, which do not count any
   * more: which events they were sent last is not known, so their sockets must be closed, and resume.
   */
  load(): { id: SessionId; relay: string }[] {
    const unfinished: { id: SessionId; relay: string }[] = []
    this.#loaded = this.#store.all()
    for (const attachment of this.#loaded) {
      const { id, dialect, relay, cursor } = attachment
      if (relay === undefined) this.#store.remove(id)
      else if (cursor !== null) {
        this.#store.remove(id)
        unfinished.push({ id, relay })
      } else {
        const { expires } = attachment.principal
        const stored = storedOf(attachment)
        const session = { id, relay, dialect, stored, expires, isLive: true, pending: 0 }
        this.#byId.set(id, session)
        if (attachment.signals === true) this.special.add(session)
      }
    }
    return unfinished
  }

  /** Adds a session. */
  add(id: SessionId, relay: string, dialect: DialectName): void {
    const session: RelayedSession = { id, relay, dialect, stored: null, expires: null, isLive: false, pending: 0 }
    this.#byId.set(id, session)
    this.special.add(session)
  }

  get size(): number {
    return this.#byId.size
  }

  find(id: SessionId): RelayedSession | undefined {
    return this.#byId.get(id)
  }

  all(): Iterable<RelayedSession> {
    return this.#byId.values()
  }

  /** The sessions for the room to open with, each with its relay. */
  *attachments(): Generator<[StoredSession, relay: string]> {
    const rows = this.#loaded ?? this.#store.all()
    this.#loaded = null
    for (const row of rows) {
      const session = this.#byId.get(row.id)
      if (session === undefined) continue
      const attachment = this.#unstored.get(session) ?? row
      session.stored = storedOf(attachment)
      yield [attachment, session.relay]
    }
  }

  /** Stores a session: its rights at once, its presence state within five seconds, and what only counts not at all. */
  put(session: RelayedSession, attachment: StoredSession): void {
    const before = session.stored
    const stored = storedOf(attachment)
    session.stored = stored
    if (attachment.cursor === null && attachment.signals !== true) this.special.delete(session)
    if (attachment.cursor !== null || this.#unstored.has(session)) this.#unstored.set(session, attachment)
    if (before === null || atOnce.some(key => before[key] !== stored[key])) this.#write(session, attachment)
    else if (before.state !== stored.state) this.#defer(session, attachment)
  }

  remove(session: RelayedSession): void {
    this.#byId.delete(session.id)
    this.#unstored.delete(session)
    this.special.delete(session)
    if (session.stored !== null) this.#store.remove(session.id)
  }

  /** The storage is empty now. */
  forget(): void {
    this.#byId.clear()
    this.special.clear()
    this.#unstored.clear()
    this.#loaded = null
    this.#store.forget()
  }

  #write(session: RelayedSession, attachment: StoredSession): void {
    if (attachment.cursor === null) this.#unstored.delete(session)
    this.#store.put(attachment)
  }

  #defer(session: RelayedSession, attachment: StoredSession): void {
    this.#unstored.set(session, attachment)
    if (this.#isTimed) return
    this.#isTimed = true
    this.#later(() => this.#writeStates(), stateDelayMs)
  }

  #writeStates(): void {
    this.#isTimed = false
    for (const [session, attachment] of [...this.#unstored]) this.#write(session, attachment)
  }
}

const atOnce = ['principal', 'user', 'agent', 'kept', 'signals', 'tellsTaken', 'isReplaying'] as const

function storedOf(attachment: StoredSession): Stored {
  const { principal, user, agent, kept, signals, tellsTaken, state, cursor } = attachment
  return { principal, user, agent, tellsTaken, state, kept, signals, isReplaying: cursor !== null }
}
