import type { Tally } from './delivery-stats.ts'
import { nowMicros, readMicros, readSender, readSeq } from './payload.ts'

const senders = 100 // as many as two digits can name
const unknown = -2 // nothing is expected of a sender yet: whatever comes first is where it begins

/** What one receiver hears: is it everything, once and in order? Some of them also measure how long it took. */
export class Ear {
  readonly #tally: Tally
  readonly #measures: boolean
  readonly #last: Int32Array // seq of each sender's last, -1 before its 0
  readonly #missing = new Set<number>() // skipped and not come later, as sender * 10^8 + seq
  /** What came before may come again, and is not counted twice: an answer follows its own pieces. */
  ignoresRepeats = false
  events = 0

  constructor(tally: Tally, measures: boolean) {
    this.#tally = tally
    this.#measures = measures
    this.#last = new Int32Array(senders).fill(unknown)
  }

  /** From now on a gap before the first message of a sender counts, too. */
  expect(sender: number, seq: number): void {
    this.#last[sender] = seq - 1
  }

  /** The marker of an event stands at `marker`. */
  hear(bytes: Buffer, marker: number): void {
    const sender = readSender(bytes, marker)
    const seq = readSeq(bytes, marker)
    const last = this.#last[sender] as number
    if (seq === last + 1 || last === unknown) this.#last[sender] = seq
    else if (!this.#outOfLine(sender, seq, last)) return
    this.events += 1
    if (this.#measures) this.#tally.latencies.add((nowMicros() - readMicros(bytes, marker)) / 1_000)
    this.#tally.count()
  }

  /** Something was skipped, or comes late. Does it count? */
  #outOfLine(sender: number, seq: number, last: number): boolean {
    const key = (number: number) => sender * 100_000_000 + number
    if (seq > last) {
      for (let skipped = last + 1; skipped < seq; skipped++) this.#missing.add(key(skipped))
      this.#last[sender] = seq
      return true
    }
    if (this.#missing.delete(key(seq))) this.#tally.disorder += 1
    else if (this.ignoresRepeats) return false
    else this.#tally.duplicates += 1
    return true
  }

  /** How many of a sender's messages, whose last is `seq`, never came. */
  lost(sender: number, seq: number): number {
    const skipped = [...this.#missing].filter(key => Math.floor(key / 100_000_000) === sender).length
    const last = this.#last[sender] as number
    return skipped + (last === unknown ? 0 : Math.max(0, seq - last))
  }
}
