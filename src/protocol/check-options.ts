/** What the value of an option is. */
export type OptionKind = 'function' | 'object' | 'array' | 'string'

/**
 * Throws if options have a key that is unknown, with the one that is near it, or a value of another kind. `owner`: whose
 * options they are. Programs without types would otherwise not learn that a handler is never called.
 */
export function checkOptions(owner: string, options: unknown, kinds: Readonly<Record<string, OptionKind>>): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${owner} must be ${nounOf('object')}.`)
  for (const [key, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined
    if (kind === undefined) throw new TypeError(`${owner}: there is no "${key}". ${hintFor(key, Object.keys(kinds))}`)
    if (value !== undefined && kindOf(value) !== kind)
      throw new TypeError(`${owner}: "${key}" must be ${nounOf(kind)}.`)
  }
}

/** A sentence that helps whoever wrote a name that is not among these. */
export function hintFor(name: string, known: readonly string[]): string {
  const [near] = known
    .map(one => ({ one, distance: distance(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, distance }) => distance <= Math.max(2, one.length / 3))
    .toSorted((a, b) => a.distance - b.distance)
  return near === undefined ? `Expected one of: ${known.join(', ')}.` : `Did you mean "${near.one}"?`
}

/** How many letters are to be added, removed or replaced (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const [diagonal = 0, above = 0] = row.slice(column)
      next.push(Math.min(diagonal + Number(letter !== other), above + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
}

function nounOf(kind: OptionKind): string {
  return kind === 'object' || kind === 'array' ? `an ${kind}` : `a ${kind}`
}
