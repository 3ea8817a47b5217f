import { z } from 'zod'
import { personRole } from '../protocol/roles.ts'

/** Who somebody is, by a checked token, ticket or guest name; never by what a frame claims. */
export const principal = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['person', 'guest']),
  role: personRole, // in this channel
  expires: z.number().nullable(), // ms since the Unix epoch: the token's end; null for guests
  issued: z.number().optional(), // ms: when the token was issued, or the earliest it can have been; guests have none
})
export type Principal = z.infer<typeof principal>
