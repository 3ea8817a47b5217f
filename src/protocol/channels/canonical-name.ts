const pattern = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/

/** What is said of a text that is no name. */
export const nameRules = 'A name is 1 to 64 characters of a-z 0-9 . _ - and begins and ends with a letter or digit.'

/** Returns the canonical (lower-case) name, or null if no channel can have it. */
export function canonicalName(raw: string): string | null {
  const name = raw.toLowerCase()
  return pattern.test(name) ? name : null
}
