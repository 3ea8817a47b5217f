import { atLeast, type PersonRole, personRole } from '../protocol/roles.ts'

/** The roles that a token grants: patterns of channel names, each with a role. `*` matches any run of characters. */
export type Grants = readonly (readonly [pattern: string, role: PersonRole])[]

/** Reads a `channels` claim, `{"circle:dev-*": "member"}`. Unknown entries grant nothing. */
export function readGrants(claim: unknown): Grants {
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) return []
  return Object.entries(claim).flatMap(([pattern, name]) => {
    const role = personRole.safeParse(name)
    return role.success ? [[pattern.toLowerCase(), role.data] as const] : []
  })
}

/** Returns the highest role that these grants give in a channel, or null. */
export function roleIn(channel: string, grants: Grants): PersonRole | null {
  let best: PersonRole | null = null
  for (const [pattern, role] of grants) {
    if ((best === null || atLeast(role, best)) && matches(pattern, channel)) best = role
  }
  return best
}

/**
 * Returns whether the whole text matches the pattern. Only the last `*` is ever retried, so the worst pattern costs
 * pattern × text steps: none can hang the Worker, as a regular expression could.
 */
export function matches(pattern: string, text: string): boolean {
  let at = 0 // in the text
  let next = 0 // in the pattern
  let star = -1 // position of the pattern's last `*` …
  let resume = 0 // … and where its match in the text ends for now
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++
      resume = at
    } else if (pattern[next] === text[at]) {
      next++
      at++
    } else if (star >= 0) {
      next = star + 1
      at = ++resume
    } else return false
  }
  while (pattern[next] === '*') next++
  return next === pattern.length
}
