import { dollarsFor, subtractCounts, zeroCounts } from '../../protocol/cost/compute.ts'
import type { Counts } from '../../protocol/cost/schema.ts'
import { addToLedger, type Ledger, missedCounts, newLedger } from './ledger.ts'
import { type Finding, newWakeStats, type PendingWork, WakeDetector, type WakeStats } from './wake-detector.ts'

const rowWorth = 100 * 0.000_001 // dollars: a row is written once it keeps what 100 rows cost, so it is 1 % of the bill
const copyPauseMs = 100 // how old the copy on a socket may be while much happens
const copyBurst = 20 // … and how many may be written at once before that

/**
 * Counts what the platform bills for one object. Counting is adding to numbers in memory; what was counted is written
 * down seldom: on a socket's attachment, which costs nothing and survives hibernation, and now and then in a row.
 */
export class Meter {
  readonly rows = { read: 0, written: 0 } // the storage port adds to it
  readonly bornAt: number // ms
  mayPay = true // false after a message: it costs two rows at most (L8), and none of them is for counting
  /** Called after everything but a message: a row may be written then. */
  onOther = (): void => {}
  readonly #awake = new AwakeTime()
  readonly #pending = new Set<PendingWork>()
  #fresh = zeroCounts() // counted since the ledger was written
  #ledger: Ledger
  #begun: Ledger // as this instance found it
  #begunAt = 0 // the head of the log then
  #detector: WakeDetector
  #isOpen = false
  #worth = 0 // dollars: of the ledger when its row was written
  #copies = { left: copyBurst, at: 0 }

  /** An object came into memory. */
  constructor(now: number) {
    this.bornAt = now
    this.#detector = new WakeDetector(newWakeStats(now), now)
    this.#ledger = newLedger(0, copyOf(this.#detector.stats), now)
    this.#begun = this.#ledger
    this.#fresh.wakes = 1
    this.#awake.wake(now)
  }

  /** Does this ledger begin with the instance, or was what came before it found? */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Goes on from the newest copy that was found, and from what the log knows beyond it. */
  restore(kept: Ledger, keptOnDisk: Ledger | null, head: number): void {
    this.#worth = keptOnDisk === null ? 0 : dollarsFor(keptOnDisk.all)
    this.#begunAt = head
    this.#begin(kept)
    this.#isOpen = true
  }

  /** A frame came from a socket. */
  message(frame: string | ArrayBuffer, now: number): void {
    this.#fresh.messages += 1
    this.mayPay = false
    this.#awake.event(now)
    this.#detector.receivedAt = now
    if (typeof frame === 'string' && frame.length <= longestPing && frame.includes('"ping"')) this.#detector.ping()
  }

  /** A call came from the Worker or another object. Those that store a message count as messages as far as rows go. */
  call(now: number, isMessage = false): void {
    this.#fresh.calls += 1
    this.mayPay = !isMessage
    if (!isMessage) this.onOther()
    this.#awake.event(now)
    this.#detector.receivedAt = now
  }

  /** A socket was opened, and so many are open now. */
  upgrade(open: number): void {
    this.#detector.upgrade(open)
  }

  /**
   * A socket closed, which is not billed but wakes the object. If it does, the socket is no longer among the open ones,
   * and the copy that lies on it is found only now.
   */
  closed(copy: Ledger | null, now: number): void {
    if (copy !== null && copy.writer !== this.bornAt && copy.version > this.#begun.version) {
      const since = subtractCounts(this.ledger(now, this.#begunAt).all, this.#begun.all)
      const { version } = this.#ledger
      this.#begin(copy)
      this.#ledger = { ...addToLedger(this.#ledger, since, now), version: Math.max(version, copy.version) }
    }
    this.mayPay = true
    this.onOther()
    this.#awake.event(now)
    this.#detector.receivedAt = now
  }

  /** The alarm fired. */
  alarm(now: number): void {
    this.#fresh.alarms += 1
    this.mayPay = true
    this.onOther()
    this.#awake.event(now)
  }

  /** The alarm was set or deleted. */
  alarmSet(): void {
    this.#fresh.alarm_sets += 1
  }

  /** Something is pending that keeps the object in memory, until the returned function is called. */
  begin(what: PendingWork['what'], now: number): (now: number) => void {
    const pending = { what, since: now }
    this.#pending.add(pending)
    this.#awake.begin(now)
    return now => {
      if (this.#pending.delete(pending)) this.#awake.end(now)
    }
  }

  /** What keeps the object awake or wakes it for nothing, and was not reported within the hour. */
  checkWakefulness(undrained: () => number, now: number): Finding[] {
    return this.#detector.check({ pending: [...this.#pending], undrained }, now)
  }

  /** What was found within the hour. */
  findings(now: number): Finding[] {
    return this.#detector.findings(now)
  }

  /** Is it time to store a copy on a socket? Each `true` is one write of an attachment. */
  wantsPersist(now: number): boolean {
    const { left, at } = this.#copies
    const gained = Math.min(copyBurst, left + Math.max(0, now - at) / copyPauseMs)
    this.#copies = { left: gained < 1 ? gained : gained - 1, at: now }
    return gained >= 1
  }

  /** Has enough been counted since the row was written to be worth another one? */
  isWorthRow({ all }: Ledger): boolean {
    return dollarsFor(all) - this.#worth >= rowWorth
  }

  /** The channel was deleted: what comes to exist under its name begins at nothing. */
  reset(now: number): void {
    this.#take(now)
    this.#detector = new WakeDetector(newWakeStats(now), now)
    this.#ledger = newLedger(0, copyOf(this.#detector.stats), now)
    this.#begun = this.#ledger
    this.#worth = 0
    this.#isOpen = false
  }

  /** The ledger is on disk now. */
  rowWritten({ all }: Ledger): void {
    this.#isOpen = true
    this.#worth = dollarsFor(all)
  }

  /** All that was counted, as a new version of the ledger. */
  ledger(now: number, head: number): Ledger {
    const { version } = this.#ledger
    const next = addToLedger(this.#ledger, this.#take(now), now)
    this.#ledger = { ...next, version: version + 1, writer: this.bornAt, head, watch: copyOf(this.#detector.stats) }
    return this.#ledger
  }

  #begin(kept: Ledger): void {
    this.#detector = new WakeDetector(kept.watch, this.bornAt)
    this.#ledger = addToLedger(kept, missedCounts(kept, this.#begunAt), this.bornAt)
    this.#begun = this.#ledger
  }

  #take(now: number): Counts {
    const { read, written } = this.rows
    this.rows.read = 0
    this.rows.written = 0
    const fresh = { ...this.#fresh, rows_read: read, rows_written: written, active_ms: this.#awake.take(now) }
    this.#fresh = zeroCounts()
    return fresh
  }
}

const longestPing = 64 // characters: nobody pings with more

// The runtime's clock stands still while code runs, so what an event takes cannot be measured from inside. These are
// taken for it instead, and are rather too much: 10 ms are what Cloudflare's own example allows a message
// (durable-objects/platform/pricing, example 4); we measured 0.2 ms alone and 1.4 ms with 100 receivers.
const eventMs = 10
const wakeMs = 20 // to come into memory and open the storage

/**
 * How long an object was busy: the union of what its events are taken to last and of the spans in which something was
 * pending (a timer, a call of an agent, a request to elsewhere), for so long it may not be put to sleep.
 */
export class AwakeTime {
  #ms = 0
  #until = 0 // ms since the epoch: busy time is counted up to here
  #pending = 0
  #since = 0 // when the first of what is pending began

  /** Something came in. */
  event(now: number): void {
    this.#cover(this.#pending > 0 ? this.#since : now, now + eventMs)
  }

  /** The object came into memory. */
  wake(now: number): void {
    this.#cover(now, now + wakeMs)
  }

  /** Something is pending from now on. */
  begin(now: number): void {
    if (this.#pending === 0) this.#since = now
    this.#pending += 1
  }

  /** Something of what was pending is over. */
  end(now: number): void {
    this.#pending -= 1
    if (this.#pending === 0) this.#cover(this.#since, now)
  }

  /** The busy time that was not taken yet (ms). */
  take(now: number): number {
    if (this.#pending > 0) this.#cover(this.#since, now)
    const ms = this.#ms
    this.#ms = 0
    return ms
  }

  #cover(from: number, to: number): void {
    const begin = Math.max(from, this.#until)
    if (to <= begin) return
    this.#ms += to - begin
    this.#until = to
  }
}

function copyOf(stats: WakeStats): WakeStats {
  return { ...stats, told: { ...stats.told } }
}
