const pattern = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/

/** Returns the canonical (lower-case) name, or null if no channel can have it. */
export function canonicalName(raw: string): string | null {
  const name = raw.toLowerCase()
  return pattern.test(name) ? name : null
}
