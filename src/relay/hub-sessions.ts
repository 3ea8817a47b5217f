import type { DialectName } from '../protocol/dialects/index.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { SessionStore, StoredSession } from './session-store.ts'

const stateDelayMs = 5_000 // a presence state that changes many times a second must not be a row each time

/** One session of a circle whose socket stands at a relay. */
export type RelayedSession = {
  readonly id: SessionId
  readonly relay: string // its name
  readonly dialect: DialectName
  attachment: StoredSession | null // as it was stored last; null: not yet
  expires: number | null // ms: as its relay knows it
  isLive: boolean // its relay knows that it has every event it was to be sent from the log
  pending: number // characters sent to it alone that it has not taken, as far as its relay said
  print: string // what must be stored at once, as it was stored last
}

/** The sessions of a circle whose sockets stand at relays, in memory and as they are stored. */
export class HubSessions {
  readonly #store: SessionStore
  readonly #later: (run: () => void, ms: number) => void
  readonly #byId = new Map<SessionId, RelayedSession>()
  /** Those that may get other frames than the rest of their relay: their replay has not ended, or they asked for signals. */
  readonly special = new Set<RelayedSession>()
  #unstored = new Set<RelayedSession>() // whose state differs from their row

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
    for (const attachment of this.#store.all()) {
      const { id, dialect, relay, cursor } = attachment
      if (relay === undefined) this.#store.remove(id)
      else if (cursor !== null) {
        this.#store.remove(id)
        unfinished.push({ id, relay })
      } else {
        const print = printOf(attachment)
        const { expires } = attachment.principal
        const session = { ...{ id, relay, dialect, attachment, expires }, ...{ isLive: true, pending: 0, print } }
        this.#byId.set(id, session)
        if (attachment.signals === true) this.special.add(session)
      }
    }
    return unfinished
  }

  /** Adds a session. */
  add(id: SessionId, relay: string, dialect: DialectName): void {
    const session: RelayedSession = {
      ...{ id, relay, dialect, attachment: null, expires: null },
      ...{ isLive: false, pending: 0, print: '' },
    }
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

  /** Stores a session: its rights at once, its presence state within five seconds, and what only counts not at all. */
  put(session: RelayedSession, attachment: StoredSession): void {
    const before = session.attachment
    session.attachment = attachment
    if (attachment.cursor === null && attachment.signals !== true) this.special.delete(session)
    const print = printOf(attachment)
    if (print !== session.print) {
      session.print = print
      this.#write(session)
    } else if (before?.state !== attachment.state) this.#defer(session)
  }

  remove(session: RelayedSession): void {
    this.#byId.delete(session.id)
    this.#unstored.delete(session)
    this.special.delete(session)
    if (session.print !== '') this.#store.remove(session.id)
  }

  /** The storage is empty now. */
  forget(): void {
    this.#byId.clear()
    this.special.clear()
    this.#unstored.clear()
    this.#store.forget()
  }

  #write(session: RelayedSession): void {
    this.#unstored.delete(session)
    if (session.attachment !== null) this.#store.put(session.attachment)
  }

  #defer(session: RelayedSession): void {
    if (this.#unstored.size === 0) this.#later(() => this.#writeStates(), stateDelayMs)
    this.#unstored.add(session)
  }

  #writeStates(): void {
    for (const session of [...this.#unstored]) this.#write(session)
  }
}

/** The part of a session that others' rights and streams depend on. */
function printOf(attachment: StoredSession): string {
  const {
    seenAt: _seenAt,
    bucket: _bucket,
    frames: _frames,
    refused: _refused,
    state: _state,
    cursor,
    ...rest
  } = attachment
  return JSON.stringify({ ...rest, isReplaying: cursor !== null })
}
