import type { CallerContext } from '../../rpc/channel.ts'

// What the Worker, which has authenticated a request, tells the object about it. It travels in one header that
// the Worker alone sets: requests reach an object through the Worker only, and their own headers stay behind.

/** The request header that carries a visit. */
export const callerHeader = 'x-circles-visit'

export type { DialectName } from '../../protocol/dialects/index.ts'
export type { CallerContext } from '../../rpc/channel.ts'

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
