import * as z from 'zod/v4'
import { personRole } from '../protocol/roles.ts'

/** An authenticated identity, from a verified token, a ticket or a guest name; never from a frame. */
export const principal = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['person', 'guest']),
  role: personRole, // in this channel
  expires: z.number().nullable(), // ms since the Unix epoch: when the token expires; null for guests
  issued: z.number().optional(), // ms: when the token was issued, or the earliest possible time; absent for guests
})

/** An authenticated identity. */
export type Principal = z.infer<typeof principal>
