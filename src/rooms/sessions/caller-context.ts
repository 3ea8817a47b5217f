import type { CallerContext, IdentifiedCaller } from '../../rpc/channel.ts'

// The Worker authenticates a request and sends its caller to the object in one header. Only the Worker can set it:
// requests reach an object through the Worker, which does not forward their own headers.

/** The request header with the caller. */
export const callerHeader = 'x-circles-visit'

/** The response header that says that the object refused a request, and with which code. */
export const refusedHeader = 'x-circles-refused'

/** Returns whether it is known who this caller is. */
export function isIdentified(caller: CallerContext): caller is IdentifiedCaller {
  return caller.principal !== null
}

export type { DialectName } from '../../protocol/dialects/index.ts'
export type { IdentifiedCaller } from '../../rpc/channel.ts'

/** A caller as a header value: JSON in ASCII. */
export function writeCaller(value: CallerContext): string {
  return JSON.stringify(value).replace(/[^ -~]/g, escaped)
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Reads the header that the Worker wrote. Throws if there is none, which is a bug. */
export function readCaller(header: string | null): CallerContext {
  if (header === null) throw new Error(`expected the header ${callerHeader} from the Worker, got none`)
  return JSON.parse(header) as CallerContext
}
