import * as z from 'zod/v4'

/** The roles of people, weakest first. An agent's role is `agent`, which is outside this order. */
export const personRole = z.enum(['reader', 'member', 'moderator', 'owner'])
/** All roles. */
export const role = z.enum([...personRole.options, 'agent'])
/** The type of `personRole`. */
export type PersonRole = z.infer<typeof personRole>
/** The type of `role`. */
export type Role = z.infer<typeof role>

/** Is `held` at least `needed`? An agent's role never is. */
export function atLeast(held: Role, needed: PersonRole): boolean {
  return held !== 'agent' && personRole.options.indexOf(held) >= personRole.options.indexOf(needed)
}

/** The kinds of user. */
export const userKind = z.enum(['person', 'guest', 'agent'])

/** A user as others see them. */
export const user = z.object({ id: z.string(), name: z.string(), kind: userKind, role })
/** The type of `user`. */
export type User = z.infer<typeof user>
