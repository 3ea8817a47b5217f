import * as z from 'zod/v4'
import { type PersonRole, personRole } from '../protocol/roles.ts'

/** An authenticated identity, from a verified token, a ticket or a guest name; never from a frame. */
export const principal = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['person', 'guest']),
  role: personRole, // in this channel
  expires: z.number().nullable(), // ms since the Unix epoch: when the token expires; null for guests
  most: personRole.optional(), // in a channel within another: what the token grants for it alone
  issued: z.number().optional(), // ms: when the token was issued, or the earliest possible time; absent for guests
  bot: z.literal(true).optional(), // a program that says so
})

/** An authenticated identity. */
export type Principal = z.infer<typeof principal> & {
  inForce?: PersonRole // in a channel within another: the role there, and no more than `most`
  within?: string // an id of that other channel, which another one of its name does not have
}
