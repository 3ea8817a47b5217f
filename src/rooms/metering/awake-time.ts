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
