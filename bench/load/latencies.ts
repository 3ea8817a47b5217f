const maxSamples = 1_000_000 // kept for quantiles; later samples count towards the maximum only

/** Collects the latencies of one measurement, for quantiles. */
export class Latencies {
  readonly #samples = new Float32Array(maxSamples)
  #count = 0
  #max = 0

  add(ms: number): void {
    if (this.#count < maxSamples) this.#samples[this.#count++] = ms
    if (ms > this.#max) this.#max = ms
  }

  clear(): void {
    this.#count = 0
    this.#max = 0
  }

  get count(): number {
    return this.#count
  }

  /** Returns the median, the 99th percentile and the maximum, in ms. */
  summary(): { p50_ms: number; p99_ms: number; max_ms: number } {
    const sorted = this.#samples.slice(0, this.#count).sort()
    const quantile = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
    return { p50_ms: quantile(0.5), p99_ms: quantile(0.99), max_ms: this.#max }
  }
}
