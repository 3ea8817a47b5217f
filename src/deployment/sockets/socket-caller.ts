import * as z from 'zod/v4'

// The Worker sends who opened a socket to the object in one header that it alone sets. Its name and keys are a wire:
// rpc/channel.ts.

/** The request header that carries a caller. */
export const socketCallerHeader = 'x-circles-watcher'

const socketCaller = z.object({
  user: z.string(),
  request: z.string(), // the request id that the log uses
  issued: z.number(), // ms: of the token; 0 for guests
  expires: z.number().nullable(), // ms
  ticket: z.object({ id: z.string(), expires: z.number() }).nullable(), // to be consumed
  native: z.boolean(), // offered the subprotocol
})

/** Who opened a socket of `/ws/stats` or `/ws/me`, authenticated. */
export type SocketCaller = z.infer<typeof socketCaller>

/** Encodes a caller as a header value (header values are ASCII). */
export function writeSocketCaller(value: SocketCaller): string {
  return encodeURIComponent(JSON.stringify(value))
}

/** Reads the header that the Worker wrote; throws on anything else, which would be a bug of ours. */
export function readSocketCaller({ headers }: Request): SocketCaller {
  const header = headers.get(socketCallerHeader)
  if (header === null) throw new Error(`expected the Worker to set the header ${socketCallerHeader}; it is missing`)
  return socketCaller.parse(JSON.parse(decodeURIComponent(header)))
}
