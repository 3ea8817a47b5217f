import type { DeliveryStats } from './delivery-stats.ts'
import { nowMicros, readMicros, readSender, readSeq } from './payload.ts'

const maxSenders = 100 // as many as two digits can name
const unknown = -2 // nothing is expected of a sender yet: its first message sets the start

/** Checks that one client receives every message once and in order. Some receivers also measure latency. */
export class Receiver {
  readonly #stats: DeliveryStats
  readonly #measures: boolean
  readonly #lastSeqs: Int32Array // by sender, -1 before its 0
  readonly #missing = new Set<number>() // skipped and not received later, as sender * 10^8 + seq
  /** Repeats are expected and not counted: an agent's final message repeats its deltas. */
  ignoreRepeats = false
  events = 0

  constructor(stats: DeliveryStats, measures: boolean) {
    this.#stats = stats
    this.#measures = measures
    this.#lastSeqs = new Int32Array(maxSenders).fill(unknown)
  }

  /** From now on a gap before a sender's first message counts as a loss, too. */
  expect(sender: number, seq: number): void {
    this.#lastSeqs[sender] = seq - 1
  }

  /** Records an event whose marker starts at `marker`. */
  onMessage(bytes: Buffer, marker: number): void {
    const sender = readSender(bytes, marker)
    const seq = readSeq(bytes, marker)
    const last = this.#lastSeqs[sender] as number
    if (seq === last + 1 || last === unknown) this.#lastSeqs[sender] = seq
    else if (!this.#onUnexpected(sender, seq, last)) return
    this.events += 1
    if (this.#measures) this.#stats.latencies.add((nowMicros() - readMicros(bytes, marker)) / 1_000)
    this.#stats.countEvent()
  }

  /** Records a gap, a late message or a repeat; returns whether the event counts. */
  #onUnexpected(sender: number, seq: number, last: number): boolean {
    const key = (number: number) => sender * 100_000_000 + number
    if (seq > last) {
      for (let skipped = last + 1; skipped < seq; skipped++) this.#missing.add(key(skipped))
      this.#lastSeqs[sender] = seq
      return true
    }
    if (this.#missing.delete(key(seq))) this.#stats.outOfOrder += 1
    else if (this.ignoreRepeats) return false
    else this.#stats.duplicates += 1
    return true
  }

  /** Counts the messages of a sender, up to `seq`, that never came. */
  lost(sender: number, seq: number): number {
    const skipped = [...this.#missing].filter(key => Math.floor(key / 100_000_000) === sender).length
    const last = this.#lastSeqs[sender] as number
    return skipped + (last === unknown ? 0 : Math.max(0, seq - last))
  }
}
