import * as z from 'zod/v4'

// The Worker sends a subscriber to the object in one header that it alone sets. Its name and keys are a wire: rpc/channel.ts.

/** The request header that carries a subscriber. */
export const statsSubscriberHeader = 'x-circles-watcher'

/** An authenticated subscriber of the figures. */
const statsSubscriber = z.object({
  user: z.string(),
  request: z.string(), // the request id that the log uses
  issued: z.number(), // ms: of the token; 0 for guests
  expires: z.number().nullable(), // ms
  ticket: z.object({ id: z.string(), expires: z.number() }).nullable(), // to be consumed
  native: z.boolean(), // offered the subprotocol
})

/** An authenticated subscriber of the figures. */
export type StatsSubscriber = z.infer<typeof statsSubscriber>

/** Encodes a subscriber as a header value (header values are ASCII). */
export function writeStatsSubscriber(value: StatsSubscriber): string {
  return encodeURIComponent(JSON.stringify(value))
}

/** Reads the header that the Worker wrote; throws on anything else, which would be a bug of ours. */
export function readStatsSubscriber(header: string | null): StatsSubscriber {
  if (header === null) throw new Error(`expected the Worker to set the header ${statsSubscriberHeader}; it is missing`)
  return statsSubscriber.parse(JSON.parse(decodeURIComponent(header)))
}
