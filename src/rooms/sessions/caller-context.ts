import type { Principal } from '../../auth/principal.ts'
import type { DialectName } from '../../protocol/dialects/index.ts'

// What the Worker, which has authenticated a request, tells the object about it. It travels in one header that
// the Worker alone sets: requests reach an object through the Worker only, and their own headers stay behind.

/** The request header that carries a visit. */
export const callerHeader = 'x-circles-visit'

export type { DialectName }

export type CallerContext = {
  channel: string // name without its kind
  principal: Principal | null // null: a plain socket that still has to say `auth`
  dialect: DialectName
  agent: string | null // the agent of a text socket
  ticket: { id: string; expires: number } | null // to be used up by this visit
  since: number | null // resume after this seq …
  epoch: string | null // … of this log; a `since` without it is never recovered
  request?: string | undefined // what the log calls the request; a queue has none
}

/** A visit as a header value: JSON, and ASCII, as header values are. */
export function writeCaller(value: CallerContext): string {
  return JSON.stringify(value).replace(/[^ -~]/g, escaped)
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Reads the header: nobody but the Worker can have written it. Throws where there is none, which would be a bug of ours. */
export function readCaller(header: string | null): CallerContext {
  if (header === null) throw new Error(`the Worker must say who visits: header ${callerHeader} is missing`)
  return JSON.parse(header) as CallerContext
}
