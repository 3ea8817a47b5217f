const quietMs = 300 // without a change: then a checkout, a build or an editor's save is over
const longestMs = 3_000 // changes that never stop are taken so often

/** Collects paths until no more come for a while, so that a thousand changes are published together. */
export class Debouncer {
  #paths = new Set<string>()
  #firstAt = 0 // ms since the Unix epoch
  #timer: NodeJS.Timeout | null = null
  #ready = Promise.withResolvers<void>()

  /** Adds a path that may have changed. */
  add(path: string): void {
    const now = Date.now()
    if (this.#paths.size === 0) this.#firstAt = now
    this.#paths.add(path)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ready.resolve(), Math.min(quietMs, this.#firstAt + longestMs - now))
  }

  /** Waits until it is quiet. Resolves with the paths since the last call; with none after `end`. */
  async take(): Promise<Set<string>> {
    await this.#ready.promise
    const paths = this.#paths
    this.#paths = new Set()
    this.#ready = Promise.withResolvers<void>()
    return paths
  }

  /** Drops what was collected, and ends a wait. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#paths.clear()
    this.#ready.resolve()
  }
}
