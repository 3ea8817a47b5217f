import { z } from 'zod'

/** The roles of people, weakest first. An agent's role is `agent`; it is not on this ladder. */
export const personRole = z.enum(['reader', 'member', 'moderator', 'owner'])
export const role = z.enum([...personRole.options, 'agent'])
export type PersonRole = z.infer<typeof personRole>
export type Role = z.infer<typeof role>

/** Is `held` at least `needed`? Agents stand outside the ladder and pass nothing. */
export function atLeast(held: Role, needed: PersonRole): boolean {
  return held !== 'agent' && personRole.options.indexOf(held) >= personRole.options.indexOf(needed)
}

export const userKind = z.enum(['person', 'guest', 'agent'])

/** Somebody as the others see them. */
export const user = z.object({ id: z.string(), name: z.string(), kind: userKind, role })
export type User = z.infer<typeof user>
