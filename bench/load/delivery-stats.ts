import { Latencies } from './latencies.ts'

/** Counts what all receivers of a group received. */
export class DeliveryStats {
  readonly latencies: Latencies
  events = 0
  frames = 0
  duplicates = 0
  outOfOrder = 0 // came after a later one of the same sender
  #target = Number.POSITIVE_INFINITY
  #onTarget: (() => void) | null = null

  constructor(latencies = new Latencies()) {
    this.latencies = latencies
  }

  /** Counts one event that some receiver got. */
  countEvent(): void {
    this.events += 1
    if (this.events < this.#target) return
    this.#target = Number.POSITIVE_INFINITY
    this.#onTarget?.()
  }

  /** Waits until this many events have been counted in all; false after a timeout. */
  waitForEvents(events: number, timeoutMs: number): Promise<boolean> {
    if (this.events >= events) return Promise.resolve(true)
    return new Promise(resolve => {
      const timeout = setTimeout(() => this.#settle(resolve, false), timeoutMs)
      this.#target = events
      this.#onTarget = () => {
        clearTimeout(timeout)
        this.#settle(resolve, true)
      }
    })
  }

  #settle(resolve: (reached: boolean) => void, reached: boolean): void {
    this.#target = Number.POSITIVE_INFINITY
    this.#onTarget = null
    resolve(reached)
  }
}
