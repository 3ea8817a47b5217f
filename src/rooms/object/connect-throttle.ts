const atOnce = 8 // come in together, and then the others have a word
const turnMs = 5

/**
 * Lets a crowd in a few at a time, so that who is here already is heard in between. Whoever comes alone, or with few
 * others, does not wait, and no timer is set for them.
 */
export class ConnectThrottle {
  readonly #turnEnds: (run: () => void) => void
  #waiting: (() => void)[] = []
  #begun = 0 // ms: the turn that is on
  #passed = 0 // in it

  /** `turnEnds` calls soon, after the events that are waiting already. */
  constructor(turnEnds: (run: () => void) => void) {
    this.#turnEnds = turnEnds
  }

  /** Resolves when it is one's turn; null: at once. */
  enter(now: number): Promise<void> | null {
    if (this.#waiting.length === 0 && now >= this.#begun + turnMs) {
      this.#begun = now
      this.#passed = 0
    }
    if (this.#passed < atOnce) {
      this.#passed += 1
      return null
    }
    if (this.#waiting.length === 0) this.#turnEnds(() => this.#next())
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  #next(): void {
    for (const enter of this.#waiting.splice(0, atOnce)) enter()
    if (this.#waiting.length > 0) this.#turnEnds(() => this.#next())
    else this.#passed = 0
  }
}
