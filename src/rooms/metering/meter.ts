import { dollarsFor, subtractCounts, zeroCounts } from '../../protocol/cost/compute.ts'
import type { Counts } from '../../protocol/cost/schema.ts'
import { addToLedger, type Ledger, missedCounts, newLedger } from './ledger.ts'
import { type Finding, newWakeStats, type PendingWork, WakeDetector, type WakeStats } from './wake-detector.ts'

const rowWorthDollars = 100 * 0.000_001 // the price of 100 rows: one is written each time, so rows are 1 % of the bill
const copyPauseMs = 100 // between two copies on a socket under load, …
const copyBurst = 20 // … and how many may be written without a pause before that

/**
 * Counts what the platform bills for one object. Counting is adding to numbers in memory. The counts are stored now and
 * then: on a socket's attachment, which costs nothing and survives hibernation, and more seldom in a row.
 */
export class Meter {
  readonly rows = { read: 0, written: 0 } // the storage port adds to it
  readonly wokeAt: number // ms
  mayWriteRow = true // false after a message: it costs two rows at most (L8), and none is for counting
  /** Called after every input but a message: a row may be written then. */
  onOther = (): void => {}
  readonly #awake = new AwakeTime()
  readonly #pending = new Set<PendingWork>()
  #fresh = zeroCounts() // counts since the ledger was written
  #ledger: Ledger
  #restored: Ledger // the ledger this instance began with
  #restoredHead = 0 // the head of the log then
  #detector: WakeDetector
  #isOpen = false
  #worth = 0 // dollars: of the ledger when its row was written
  #copies = { left: copyBurst, at: 0 }

  /** The object woke up. */
  constructor(now: number) {
    this.wokeAt = now
    this.#detector = new WakeDetector(newWakeStats(now), now)
    this.#ledger = newLedger(0, copyStats(this.#detector.stats), now)
    this.#restored = this.#ledger
    this.#fresh.wakes = 1
    this.#awake.wake(now)
  }

  /** Whether the ledger is stored in a row or was restored from a copy. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Goes on from the newest copy, and counts the events of the log that came after it. `row`: the copy in the row. */
  restore(latest: Ledger, row: Ledger | null, head: number): void {
    this.#worth = row === null ? 0 : dollarsFor(row.all)
    this.#restoredHead = head
    this.#begin(latest)
    this.#isOpen = true
  }

  /** Counts a frame from a socket. */
  message(frame: string | ArrayBuffer, now: number): void {
    this.#fresh.messages += 1
    this.mayWriteRow = false
    this.#awake.event(now)
    this.#detector.receivedAt = now
    if (typeof frame === 'string' && frame.length <= maxPingLength && frame.includes('"ping"')) this.#detector.ping()
  }

  /** Counts a call from the Worker or another object. `isMessage`: it stores a message, and may cost as many rows. */
  call(now: number, isMessage = false): void {
    this.#fresh.calls += 1
    this.mayWriteRow = !isMessage
    if (!isMessage) this.onOther()
    this.#awake.event(now)
    this.#detector.receivedAt = now
  }

  /** Counts a socket that was opened. `open`: how many are open now. */
  upgrade(open: number): void {
    this.#detector.upgrade(open)
  }

  /**
   * A socket closed, which is not billed but may wake the object. Then the socket is not among those that are open at
   * wake-up, and the copy on it is found only now.
   */
  closed(copy: Ledger | null, now: number): void {
    if (copy !== null && copy.writer !== this.wokeAt && copy.version > this.#restored.version) {
      const since = subtractCounts(this.ledger(now, this.#restoredHead).all, this.#restored.all)
      const { version } = this.#ledger
      this.#begin(copy)
      this.#ledger = { ...addToLedger(this.#ledger, since, now), version: Math.max(version, copy.version) }
    }
    this.mayWriteRow = true
    this.onOther()
    this.#awake.event(now)
    this.#detector.receivedAt = now
  }

  /** Counts an alarm that fired. */
  alarm(now: number): void {
    this.#fresh.alarms += 1
    this.mayWriteRow = true
    this.onOther()
    this.#awake.event(now)
  }

  /** Counts an alarm that was set or deleted. */
  alarmSet(): void {
    this.#fresh.alarm_sets += 1
  }

  /** Begins work that keeps the object in memory, until the returned function is called. */
  begin(what: PendingWork['what'], now: number): (now: number) => void {
    const pending = { what, since: now }
    this.#pending.add(pending)
    this.#awake.begin(now)
    return now => {
      if (this.#pending.delete(pending)) this.#awake.end(now)
    }
  }

  /** New findings on what keeps the object awake or wakes it for nothing: each cause once an hour. */
  checkWakefulness(undrained: () => number, now: number): Finding[] {
    return this.#detector.check({ pending: [...this.#pending], undrained }, now)
  }

  /** The findings of the last hour. */
  findings(now: number): Finding[] {
    return this.#detector.findings(now)
  }

  /** Returns whether a copy may be stored on a socket now. Each `true` counts as one write of an attachment. */
  wantsPersist(now: number): boolean {
    const { left, at } = this.#copies
    const refilled = Math.min(copyBurst, left + Math.max(0, now - at) / copyPauseMs)
    this.#copies = { left: refilled < 1 ? refilled : refilled - 1, at: now }
    return refilled >= 1
  }

  /** Returns whether enough was counted since the row was written to be worth another one. */
  isWorthRow({ all }: Ledger): boolean {
    return dollarsFor(all) - this.#worth >= rowWorthDollars
  }

  /** The channel was deleted: the next one of this name begins at zero. */
  reset(now: number): void {
    this.#take(now)
    this.#detector = new WakeDetector(newWakeStats(now), now)
    this.#ledger = newLedger(0, copyStats(this.#detector.stats), now)
    this.#restored = this.#ledger
    this.#worth = 0
    this.#isOpen = false
  }

  /** The ledger was written to its row. */
  rowWritten({ all }: Ledger): void {
    this.#isOpen = true
    this.#worth = dollarsFor(all)
  }

  /** A new version of the ledger, with everything that was counted. */
  ledger(now: number, head: number): Ledger {
    const { version } = this.#ledger
    const next = addToLedger(this.#ledger, this.#take(now), now)
    this.#ledger = { ...next, version: version + 1, writer: this.wokeAt, head, watch: copyStats(this.#detector.stats) }
    return this.#ledger
  }

  #begin(copy: Ledger): void {
    this.#detector = new WakeDetector(copy.watch, this.wokeAt)
    this.#ledger = addToLedger(copy, missedCounts(copy, this.#restoredHead), this.wokeAt)
    this.#restored = this.#ledger
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

const maxPingLength = 64 // characters: no ping is longer

// The runtime's clock stands still while code runs, so the duration of an event cannot be measured from inside. These
// are estimates, and rather too high: Cloudflare's own example allows a message 10 ms
// (durable-objects/platform/pricing, example 4); we measured 0.2 ms alone and 1.4 ms with 100 receivers.
const eventMs = 10
const wakeMs = 20 // to load the object and open its storage

/**
 * Measures how long an object was busy: the union of the estimated durations of its events and of the spans in which
 * something was pending (a timer, an agent call, a request to elsewhere), in which it cannot be put to sleep.
 */
export class AwakeTime {
  #ms = 0
  #until = 0 // ms since the epoch: busy time is counted up to here
  #pending = 0
  #since = 0 // ms: when the first of what is pending began

  /** An input came. */
  event(now: number): void {
    this.#cover(this.#pending > 0 ? this.#since : now, now + eventMs)
  }

  /** The object woke up. */
  wake(now: number): void {
    this.#cover(now, now + wakeMs)
  }

  /** Something is pending from now on. */
  begin(now: number): void {
    if (this.#pending === 0) this.#since = now
    this.#pending += 1
  }

  /** Something that was pending is over. */
  end(now: number): void {
    this.#pending -= 1
    if (this.#pending === 0) this.#cover(this.#since, now)
  }

  /** The busy time since the last call (ms). */
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

function copyStats(stats: WakeStats): WakeStats {
  return { ...stats, told: { ...stats.told } }
}
