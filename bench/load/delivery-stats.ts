import { Latencies } from './latencies.ts'

/** What all receivers of a run heard, together. */
export class Tally {
  readonly latencies: Latencies
  events = 0
  frames = 0
  duplicates = 0
  disorder = 0 // came after a later one
  #target = Number.POSITIVE_INFINITY
  #reached: (() => void) | null = null

  constructor(latencies = new Latencies()) {
    this.latencies = latencies
  }

  /** One event came, somewhere. */
  count(): void {
    this.events += 1
    if (this.events < this.#target) return
    this.#target = Number.POSITIVE_INFINITY
    this.#reached?.()
  }

  /** Waits until so many events came in all; false if that takes longer. */
  reaches(events: number, withinMs: number): Promise<boolean> {
    if (this.events >= events) return Promise.resolve(true)
    return new Promise(resolve => {
      const late = setTimeout(() => this.#settle(resolve, false), withinMs)
      this.#target = events
      this.#reached = () => {
        clearTimeout(late)
        this.#settle(resolve, true)
      }
    })
  }

  #settle(resolve: (reached: boolean) => void, reached: boolean): void {
    this.#target = Number.POSITIVE_INFINITY
    this.#reached = null
    resolve(reached)
  }
}
