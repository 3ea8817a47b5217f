/** The first of some moments (ms), or null if there is none. */
export function minDefined(...moments: (number | null)[]): number | null {
  const known = moments.filter(moment => moment !== null)
  return known.length === 0 ? null : Math.min(...known)
}
