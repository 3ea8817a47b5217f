type Window = { since: number; allowed: number; suppressed: number }

/** Allows n entries per key per minute and counts the rest. Keys are a small, fixed set. */
export class RateSampler {
  readonly #perMinute: number
  readonly #windows = new Map<string, Window>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Returns how many entries of a key were suppressed since the last allowed one; null: this one is suppressed too. */
  allow(key: string, now: number): number | null {
    const last = this.#windows.get(key)
    const window = last === undefined || now >= last.since + 60_000 ? newWindow(now, last) : last
    this.#windows.set(key, window)
    if (window.allowed >= this.#perMinute) {
      window.suppressed += 1
      return null
    }
    const { suppressed } = window
    window.allowed += 1
    window.suppressed = 0
    return suppressed
  }
}

function newWindow(now: number, last: Window | undefined): Window {
  return { since: now, allowed: 0, suppressed: last?.suppressed ?? 0 }
}
