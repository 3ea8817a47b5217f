import type { CloseName } from '../protocol/close-codes.ts'
import type { RelaySessionsPorts } from '../rooms/object/relay-sessions.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import { leaseMs } from './lease.ts'
import { ParkedRelays, type Snapshots } from './parked-relays.ts'
import type { RelayLink } from './relay-link.ts'

const callAgainMs = 2_000 // after a call that did not reach a relay
const callLaterMs = 30_000 // the same, once its lease has ended

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
  readonly #called = new Set<string>() // relays that have not come yet
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
    for (const [name, { wasCalled }] of this.#parked.load()) {
      const link = linkOf(name)
      if (link.socket !== null) continue
      link.park()
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
    this.#ports.setTimer(() => this.#expire(link, now), leaseMs)
  }

  /** A relay to which nothing is said would hang up. It may, if it can be called. */
  park(link: RelayLink, snapshots: Snapshots): void {
    if (this.#wake === null) return
    this.#parked.put(link.name, { snapshots, wasCalled: false })
    link.send({ t: 'parked' })
    link.park()
  }

  /** There is something for a relay that is parked. */
  call(link: RelayLink): void {
    const kept = this.#parked.get(link.name)
    if (kept !== undefined) this.#parked.put(link.name, { ...kept, wasCalled: true })
    this.#called.add(link.name)
    this.lose(link)
    this.#callUntilThere(link.name, this.#ports.now() + leaseMs)
  }

  /** A relay is connected again. */
  back(link: RelayLink): void {
    this.#called.delete(link.name)
    this.#parked.remove(link.name)
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

  /** Its members would wait for ever if it were given up, also after their sessions have ended here. */
  #callUntilThere(relay: string, until: number): void {
    if (this.#wake === null || !this.#called.has(relay)) return
    const again = () => {
      const wait = this.#ports.now() < until ? callAgainMs : callLaterMs
      this.#ports.setTimer(() => this.#callUntilThere(relay, until), wait)
    }
    this.#ports.background(this.#wake(relay).catch(again))
  }

  #expire(link: RelayLink, lostAt: number): void {
    if (link.lostAt !== lostAt) return // it was back meanwhile
    this.#expired(link)
    this.#closed.clear()
  }
}
