import type { CloseName } from '../protocol/close-codes.ts'
import type { Member } from '../protocol/frames.ts'
import type { RelaySessionsPorts } from '../rooms/object/relay-sessions.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import { leaseMs } from './lease.ts'
import { ParkedRelays, type Snapshots } from './parked-relays.ts'
import type { RelayLink } from './relay-link.ts'

const callAgainMs = 2_000 // after a call that did not reach a relay

/** Calls the relay of this name. */
export type WakeRelay = (relay: string) => Promise<void>

type Ports = Pick<RelaySessionsPorts, 'sql' | 'room' | 'background' | 'setTimer' | 'now'>

/**
 * What a circle keeps for relays that are not connected. One that is cut off has to come back before its lease ends. One
 * that is parked has hung up with leave, and is called when there is something for it: from then on it is cut off, too.
 */
export class AwayRelays {
  readonly #ports: Ports
  readonly #wake: WakeRelay | null
  readonly #parked: ParkedRelays
  readonly #expired: (link: RelayLink) => void
  readonly #rosters = new Map<RelayLink, readonly Member[]>() // when they went
  readonly #closed = new Map<SessionId, [CloseName, string]>() // sessions, since then

  /** `wake`: null if relays cannot be called, and none may park; `expired`: the lease of a relay has ended. */
  constructor(ports: Ports, wake: WakeRelay | null, expired: (link: RelayLink) => void) {
    this.#ports = ports
    this.#wake = wake
    this.#parked = new ParkedRelays(ports.sql)
    this.#expired = expired
  }

  /** Finds the relays that were parked when the last instance ended. */
  load(linkOf: (name: string) => RelayLink): void {
    for (const [name, { roster, wasCalled }] of this.#parked.load()) {
      const link = linkOf(name)
      if (link.socket !== null) continue
      link.park()
      this.#rosters.set(link, roster)
      if (wasCalled) this.call(link)
    }
  }

  /** The snapshots that stood on the socket of a relay that is parked. */
  snapshotsOf(link: RelayLink): Snapshots | undefined {
    return this.#parked.get(link.name)?.snapshots
  }

  /** A relay is cut off. */
  lose(link: RelayLink): void {
    const now = this.#ports.now()
    link.lose(now)
    if (!this.#rosters.has(link)) this.#rosters.set(link, this.#members())
    this.#ports.setTimer(() => this.#expire(link, now), leaseMs)
  }

  /** A relay to which nothing is said would hang up. It may, if it can be called. */
  park(link: RelayLink, snapshots: Snapshots): void {
    if (this.#wake === null) return
    const roster = this.#members()
    this.#parked.put(link.name, { roster, snapshots, wasCalled: false })
    this.#rosters.set(link, roster)
    link.send({ t: 'parked' })
    link.park()
  }

  /** There is something for a relay that is parked. */
  call(link: RelayLink): void {
    const kept = this.#parked.get(link.name)
    if (kept !== undefined) this.#parked.put(link.name, { ...kept, wasCalled: true })
    this.lose(link)
    this.#callUntilThere(link, link.lostAt)
  }

  /** A relay is connected again; returns who was here when it went. */
  back(link: RelayLink): readonly Member[] {
    const roster = this.#rosters.get(link) ?? []
    this.#rosters.delete(link)
    this.#parked.remove(link.name)
    return roster
  }

  /** A session of a relay that is away was closed. */
  closed(id: SessionId, code: CloseName, reason: string): void {
    this.#closed.set(id, [code, reason])
  }

  /** Why a session was closed while its relay was away, if it was. */
  reasonOf(id: SessionId): [CloseName, string] | undefined {
    const known = this.#closed.get(id)
    this.#closed.delete(id)
    return known
  }

  /** The storage is empty now. */
  forget(): void {
    this.#parked.forget()
  }

  #members(): readonly Member[] {
    return this.#ports.room()?.context.presence.members() ?? []
  }

  #callUntilThere(link: RelayLink, lostAt: number | null): void {
    if (link.lostAt !== lostAt || this.#wake === null) return
    const again = () => this.#ports.setTimer(() => this.#callUntilThere(link, lostAt), callAgainMs)
    this.#ports.background(this.#wake(link.name).catch(again))
  }

  #expire(link: RelayLink, lostAt: number): void {
    if (link.lostAt !== lostAt) return // it was back meanwhile
    this.#expired(link)
    this.back(link)
    this.#closed.clear()
  }
}
