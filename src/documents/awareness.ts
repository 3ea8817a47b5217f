import type { SessionId } from '../rooms/sessions/session.ts'

/** The state of one client, as the awareness protocol of Yjs has it. `state`: JSON, `null` if the client left. */
export type AwarenessEntry = { client: number; clock: number; state: string }

/** What the others are told of a client, and what its own session is: the clock that it sent. Null: nothing, or it left. */
export type AwarenessNews = { entry: AwarenessEntry; owner: SessionId | null; own: AwarenessEntry | null }

/** A client as it is kept on the socket of its session: its id, and how much higher its clock is told than it is. */
export type KeptClient = readonly [client: number, offset: number]

type Known = { owner: SessionId; clock: number; offset: number; state: string | null; at: number }

/**
 * How a client came. `isFirst`: in the first message of its session. `isSame`: is this the session of the same user? Then it
 * may be what is left of a connection that is dead.
 */
type Arrival = { isFirst: boolean; now: number; isSame(other: SessionId): boolean }
type Claim = Arrival & { isAlone: boolean }

const stateCharacters = 4_096
const renewMs = 14_000 // clients forget others after 30 s
// The clock that the others are told begins with the time, in steps of so many ms: then it is higher after a crash, when
// nothing is known of those that were told before, and as long as a client is told less than a hundred times a second.
const clockMs = 10
const keptClocks = 1_000 // of clients that left
const leapClocks = 1_000_000 // more than a client counts by itself between two messages

/**
 * Who has the document open, and what they tell the others: their cursor, their name. It is kept in memory only. A session
 * has one client, the first that it sends alone, and only that session changes it: providers also send back the states
 * of others, which would bring back those who left. A client may come back with a clock that the others have seen, so
 * they are told a higher one; its own session is always sent its own clock, since it would take a higher one for news.
 */
export class AwarenessTable {
  readonly #known = new Map<number, Known>()
  readonly #left = new Map<number, number>() // the clocks that were told last

  /** Takes the clients that a session had before the object slept. What they told is not known until they tell it again. */
  restore(owner: SessionId, clients: readonly KeptClient[]): void {
    for (const [client, offset] of clients)
      this.#known.set(client, { owner, clock: -1, offset: offset + 1, state: null, at: 0 })
  }

  /** The clients of a session. */
  clientsOf(owner: SessionId): KeptClient[] {
    return [...this.#known].flatMap(([client, known]) => (known.owner === owner ? [[client, known.offset]] : []))
  }

  /** The sessions that have clients. */
  owners(): ReadonlySet<SessionId> {
    return new Set([...this.#known.values()].map(({ owner }) => owner))
  }

  /** The sessions whose clients have told nothing since the object woke. */
  silentOwners(): SessionId[] {
    return [...new Set([...this.#known.values()].flatMap(({ owner, state }) => (state === null ? [owner] : [])))]
  }

  /** Takes what a session sent. `isFirst`: nothing came before, so a client in it is its own though it was here before. */
  receive(owner: SessionId, entries: readonly AwarenessEntry[], arrival: Arrival): AwarenessNews[] {
    return entries.flatMap(own => {
      const claim = { isAlone: entries.length === 1, ...arrival }
      const known = own.state.length > stateCharacters ? null : this.#take(owner, own, claim)
      if (known === null) return []
      return [{ entry: { ...own, clock: own.clock + known.offset }, owner, own }]
    })
  }

  /** A client that the server itself shows; it goes with `leave`. */
  show(owner: SessionId, client: number, state: string, now: number): AwarenessNews[] {
    const known = this.#known.get(client)
    if (known !== undefined && known.owner !== owner) return []
    const clock = Math.max((known?.clock ?? this.#left.get(client) ?? 0) + 1, Math.floor(now / clockMs))
    this.#known.set(client, { owner, clock, offset: known?.offset ?? 0, state, at: now })
    return [{ entry: { client, clock: clock + (known?.offset ?? 0), state }, owner: null, own: null }]
  }

  /** A session is gone. */
  leave(owner: SessionId, now: number): AwarenessNews[] {
    return this.clientsOf(owner).map(([client, offset]) => {
      const sent = (this.#known.get(client)?.clock ?? 0) + offset
      const clock = Math.max(sent + 1, Math.floor(now / clockMs)) // after a sleep it is not known what was told last
      this.#remove(client, clock)
      return { entry: { client, clock, state: 'null' }, owner: null, own: null }
    })
  }

  /**
   * Everybody's state, for one who comes in: one that was here before takes only clocks that it has not seen. Who it may be
   * itself, by a connection that is dead, is left out: `isSame` says so of a session.
   */
  all(isSame: (owner: SessionId) => boolean): AwarenessEntry[] {
    return [...this.#known].flatMap(([client, known]) => {
      if (known.state === null || isSame(known.owner)) return []
      known.offset += 1
      return [{ client, clock: known.clock + known.offset, state: known.state }]
    })
  }

  /** Takes the states of a session away from the others (`isHidden`), or tells them again, those that are known. */
  tellAgain(owner: SessionId, isHidden: boolean, now: number): AwarenessNews[] {
    return [...this.#known].flatMap(([client, known]) => {
      if (known.owner !== owner || (known.state === null && !isHidden)) return []
      if (known.state === null) known.offset = Math.max(known.offset, Math.floor(now / clockMs)) + 1
      else if (!isHidden) known.offset += 1
      const state = isHidden || known.state === null ? 'null' : known.state
      return [{ entry: { client, clock: known.clock + known.offset, state }, owner, own: null }]
    })
  }

  /** The states that were not told for so long that clients would soon forget them, renewed. */
  renewed(now: number): AwarenessNews[] {
    return [...this.#known].flatMap(([client, known]) => {
      if (known.state === null || now < known.at + renewMs) return []
      known.offset += 1
      known.at = now
      const { owner, clock, offset, state } = known
      return [{ entry: { client, clock: clock + offset, state }, owner, own: null }]
    })
  }

  /** The client as it is known now, or null: this is no news of it, or not from its own session. */
  #take(owner: SessionId, { client, clock, state }: AwarenessEntry, claim: Claim): Known | null {
    const known = this.#known.get(client)
    if (known !== undefined && known.owner !== owner && claim.isAlone && claim.isFirst && claim.isSame(known.owner)) {
      this.#remove(client, known.clock + known.offset) // it came back before its old connection was known to be dead
    } else if (known !== undefined) {
      if (known.owner !== owner || clock <= known.clock) return null
      // A client that was told its own id with our clock goes on from there.
      const previous = known.clock + known.offset
      if (known.clock >= 0 && clock > known.clock + leapClocks) known.offset = Math.max(0, previous + 1 - clock)
      // The same after a sleep, when it is not known what it sent last: both would be times, and their sum far beyond now.
      const isSum = known.clock < 0 && clock > leapClocks && known.offset > leapClocks
      if (isSum) known.offset = Math.max(0, Math.max(previous + 1, Math.floor(claim.now / clockMs)) - clock)
      Object.assign(known, { clock, state, at: claim.now })
      if (state === 'null') this.#remove(client, clock + known.offset)
      return known
    }
    const left = this.#left.get(client) ?? -1
    const mayTake = claim.isAlone && (claim.isFirst || left < 0) && this.clientsOf(owner).length === 0
    if (state === 'null' || !mayTake) return null
    const sent = Math.max(clock, left + 1, Math.floor(claim.now / clockMs))
    const taken: Known = { owner, clock, offset: sent - clock, state, at: claim.now }
    this.#known.set(client, taken)
    this.#left.delete(client)
    return taken
  }

  #remove(client: number, lastClock: number): void {
    this.#known.delete(client)
    const [oldest] = this.#left.keys()
    if (oldest !== undefined && this.#left.size >= keptClocks) this.#left.delete(oldest)
    this.#left.set(client, lastClock)
  }
}
