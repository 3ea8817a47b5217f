type Window = { since: number; passed: number; leftOut: number }

/** Lets through so many of a kind a minute; of the others it keeps the number. Kinds are few and ours. */
export class RateSampler {
  readonly #perMinute: number
  readonly #windows = new Map<string, Window>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** How many of this kind were left out since the last one that passed; null: this one is, too. */
  allow(kind: string, now: number): number | null {
    const last = this.#windows.get(kind)
    const window = last === undefined || now >= last.since + 60_000 ? begin(now, last) : last
    this.#windows.set(kind, window)
    if (window.passed >= this.#perMinute) {
      window.leftOut += 1
      return null
    }
    const { leftOut } = window
    window.passed += 1
    window.leftOut = 0
    return leftOut
  }
}

function begin(now: number, last: Window | undefined): Window {
  return { since: now, passed: 0, leftOut: last?.leftOut ?? 0 }
}
