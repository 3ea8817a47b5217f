const atOnce = 8 // connect requests that are handled together before other events get a turn
const turnMs = 5

/**
 * Admits many simultaneous connect requests a few at a time, so that the frames of connected users are handled in
 * between. A request that comes alone, or with few others, does not wait, and sets no timer.
 */
export class ConnectThrottle {
  readonly #afterEventLoopTurn: (run: () => void) => void
  #waiting: (() => void)[] = []
  #begun = 0 // ms: when the current turn began
  #passed = 0 // in the current turn

  /** `afterEventLoopTurn` runs code soon, after the events that are already waiting. */
  constructor(afterEventLoopTurn: (run: () => void) => void) {
    this.#afterEventLoopTurn = afterEventLoopTurn
  }

  /** Resolves when this request may proceed. Null: it may proceed at once. */
  enter(now: number): Promise<void> | null {
    if (this.#waiting.length === 0 && now >= this.#begun + turnMs) {
      this.#begun = now
      this.#passed = 0
    }
    if (this.#passed < atOnce) {
      this.#passed += 1
      return null
    }
    if (this.#waiting.length === 0) this.#afterEventLoopTurn(() => this.#next())
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  #next(): void {
    for (const enter of this.#waiting.splice(0, atOnce)) enter()
    if (this.#waiting.length > 0) this.#afterEventLoopTurn(() => this.#next())
    else this.#passed = 0
  }
}
