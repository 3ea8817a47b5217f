import { z } from 'zod'
import { personRole, user } from './roles.ts'

// Who may be in a channel, and as what: asked and changed over HTTP.

/** What may be changed about a member. `role: null` goes back to what the token grants. */
export const memberChange = z
  .strictObject({ role: personRole.nullable(), muted: z.boolean(), banned: z.boolean() })
  .partial()
  .refine(change => Object.keys(change).length > 0, 'nothing to change')
export type MemberChange = z.infer<typeof memberChange>

/** What is asked about the members of a channel. */
export type MemberAct =
  | { do: 'list' }
  | { do: 'change'; user: string; change: MemberChange }
  | { do: 'remove'; user: string } // kick, or leave
  | { do: 'invite'; hash: string; role: z.infer<typeof personRole>; uses: number; expiresIn: number } // ms
  | { do: 'uninvite' } // takes back every open invitation
  | { do: 'join'; hash: string }
  | { do: 'found' } // whoever asks becomes the owner of a channel that has none

/** Somebody who is here, or of whom the channel says something. */
export const memberEntry = user
  .pick({ id: true })
  .extend({ name: z.string().nullable(), role: personRole.nullable(), muted: z.boolean(), banned: z.boolean() })
  .extend({ sessions: z.int().nonnegative() }) // open sockets
export type MemberEntry = z.infer<typeof memberEntry>
