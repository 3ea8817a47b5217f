import { z } from 'zod'
import { principal } from '../auth/principal.ts'

// What the Worker, which has authenticated a request, tells the object about it. It travels in one header that
// the Worker alone sets: requests reach an object through the Worker only, and their own headers stay behind.

/** The request header that carries a visit. */
export const visitHeader = 'x-circles-visit'

export const dialectName = z.enum(['plain', 'events', 'text', 'native'])
export type DialectName = z.infer<typeof dialectName>

export const visit = z.object({
  channel: z.string(), // name without its kind
  principal: principal.nullable(), // null: a plain socket that still has to say `auth`
  dialect: dialectName,
  agent: z.string().nullable(), // the agent of a text socket
  ticket: z.object({ id: z.string(), expires: z.number() }).nullable(), // to be used up by this visit
  since: z.number().nullable(), // resume after this seq …
  epoch: z.string().nullable(), // … of this log; a `since` without it is never recovered
  request: z.string().optional(), // what the log calls the request; a queue has none
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
