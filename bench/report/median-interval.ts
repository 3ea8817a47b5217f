/** The median of values, and the 95 % interval of it from their ranks alone (the sign test's). */
export function medianInterval(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (rank: number) => sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  const reach = 0.98 * Math.sqrt(sorted.length) // 1.96 standard deviations of a binomial of n and one half
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: at(Math.floor(middle - reach)),
    high: at(Math.ceil(middle + reach)),
  }
}
