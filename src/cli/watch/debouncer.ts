const quietMs = 300 // a checkout, a build or an editor's save is over when nothing has stirred for so long
const longestMs = 3_000 // but somebody who never stops is told of now and then

/** Gathers what stirs until it has been quiet for a while, so that a thousand changes are told as one. */
export class Debouncer {
  #paths = new Set<string>()
  #firstAt = 0
  #timer: NodeJS.Timeout | null = null
  #ready = Promise.withResolvers<void>()

  add(path: string): void {
    const now = Date.now()
    if (this.#paths.size === 0) this.#firstAt = now
    this.#paths.add(path)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ready.resolve(), Math.min(quietMs, this.#firstAt + longestMs - now))
  }

  /** What stirred since the last time, once it is quiet; nothing after `end`. */
  async take(): Promise<Set<string>> {
    await this.#ready.promise
    const paths = this.#paths
    this.#paths = new Set()
    this.#ready = Promise.withResolvers<void>()
    return paths
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#paths.clear()
    this.#ready.resolve()
  }
}
