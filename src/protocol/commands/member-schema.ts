import * as z from 'zod/v4'
import { personRole, user } from '../roles.ts'

// The members of a channel and their rights, listed and changed over HTTP.

/** A change to a member. `role: null` restores the role that the token grants. */
export const memberChange = z
  .strictObject({ role: personRole.nullable(), muted: z.boolean(), banned: z.boolean() })
  .partial()
  .refine(change => Object.keys(change).length > 0, 'nothing to change')
/** The type of `memberChange`. */
export type MemberChange = z.infer<typeof memberChange>

/** A request about the members of a channel. */
export type MemberAct =
  | { do: 'list'; after?: string; limit?: number } // a page, after the user with this id
  | { do: 'change'; user: string; change: MemberChange }
  | { do: 'remove'; user: string } // remove somebody, or leave
  | { do: 'invite'; hash: string; role: z.infer<typeof personRole>; uses: number; expiresIn: number } // ms
  | { do: 'invitations' } // lists those that are open
  | { do: 'uninvite'; id?: string } // revokes one (its id, or the hash of its code), or every open one
  | { do: 'join'; hash: string }
  | { do: 'found' } // the sender becomes the owner of a channel that has none

/** A user who is connected, or whose rights the channel has changed. */
export const memberEntry = user
  .pick({ id: true })
  .extend({ name: z.string().nullable(), role: personRole.nullable() })
  .extend({ muted: z.boolean().optional(), banned: z.boolean().optional() }) // for moderators, and for the user themself
  .extend({ sessions: z.int().nonnegative() }) // open sockets
/** The type of `memberEntry`. */
export type MemberEntry = z.infer<typeof memberEntry>

/** An open invitation, without its code. */
export const invitationEntry = z.object({
  id: z.string(),
  role: personRole,
  uses: z.int().positive(), // left
  by: z.string().nullable(), // user id; null: not known
  expires_at: z.iso.datetime(),
})
/** The type of `invitationEntry`. */
export type InvitationEntry = z.infer<typeof invitationEntry>
