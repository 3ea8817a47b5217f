import type { SteadyPlatform } from '../steady-clock.ts'

/** Sends the first of several things at once, and what follows within `intervalMs` together at its end. */
export class PacedSender {
  readonly #platform: SteadyPlatform
  readonly #intervalMs: number
  readonly #send: () => void
  #isWanted = false
  #cancelTimer: (() => void) | null = null

  constructor(platform: SteadyPlatform, intervalMs: number, send: () => void) {
    this.#platform = platform
    this.#intervalMs = intervalMs
    this.#send = send
  }

  /** There is something to send. */
  want(): void {
    this.#isWanted = true
    if (this.#cancelTimer === null) this.flush()
  }

  /** Sends what waits, without waiting longer. */
  flush(): void {
    if (!this.#isWanted) return
    this.#isWanted = false
    this.#cancelTimer?.()
    this.#cancelTimer = this.#platform.after(this.#intervalMs, () => {
      this.#cancelTimer = null
      this.flush()
    })
    this.#send()
  }

  /** Forgets what waits. */
  end(): void {
    this.#isWanted = false
    this.#cancelTimer?.()
    this.#cancelTimer = null
  }
}
