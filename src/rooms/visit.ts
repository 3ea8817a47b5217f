import { z } from 'zod'
import { personRole } from '../protocol/roles.ts'

// What the Worker, which has authenticated a request, tells the object about it. It travels in one header that
// the Worker alone sets: requests reach an object through the Worker only, and their own headers stay behind.

/** The request header that carries a visit. */
export const visitHeader = 'x-circles-visit'

export const dialectName = z.enum(['plain', 'events', 'text', 'native'])
export type DialectName = z.infer<typeof dialectName>

/** Who somebody is, by a checked token, ticket or guest name; never by what a frame claims. */
export const principal = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['person', 'guest']),
  role: personRole, // in this channel
  expires: z.number().nullable(), // ms since the Unix epoch: the token's end; null for guests
})
export type Principal = z.infer<typeof principal>

export const visit = z.object({
  channel: z.string(), // name without its kind
  principal: principal.nullable(), // null: a plain socket that still has to say `auth`
  dialect: dialectName,
  agent: z.string().nullable(), // the agent of a text socket
  ticket: z.object({ id: z.string(), expires: z.number() }).nullable(), // to be used up by this visit
  since: z.number().nullable(), // resume after this seq …
  epoch: z.string().nullable(), // … of this log; a `since` without it is never recovered
})
export type Visit = z.infer<typeof visit>

/** A visit as a header value (header values are ASCII). */
export function writeVisit(value: Visit): string {
  return encodeURIComponent(JSON.stringify(value))
}

/** Reads the header the Worker wrote; throws on anything else, which would be a bug of ours. */
export function readVisit(header: string | null): Visit {
  if (header === null) throw new Error(`the Worker must say who visits: header ${visitHeader} is missing`)
  return visit.parse(JSON.parse(decodeURIComponent(header)))
}
