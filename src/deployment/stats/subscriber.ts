import { z } from 'zod'

// Somebody who looks at the figures as they change, as the Worker tells it in one header that it alone sets.

/** The request header that carries a watcher. */
export const statsSubscriberHeader = 'x-circles-watcher'

export const statsSubscriber = z.object({
  user: z.string(),
  request: z.string(), // what the log calls the request
  issued: z.number(), // ms: of the token; 0 for guests
  expires: z.number().nullable(), // ms
  ticket: z.object({ id: z.string(), expires: z.number() }).nullable(), // to be used up
  native: z.boolean(), // offered the subprotocol
})
export type StatsSubscriber = z.infer<typeof statsSubscriber>

/** A watcher as a header value (header values are ASCII). */
export function writeStatsSubscriber(value: StatsSubscriber): string {
  return encodeURIComponent(JSON.stringify(value))
}

/** Reads the header the Worker wrote; throws on anything else, which would be a bug of ours. */
export function readStatsSubscriber(header: string | null): StatsSubscriber {
  if (header === null) throw new Error(`the Worker must say who watches: header ${statsSubscriberHeader} is missing`)
  return statsSubscriber.parse(JSON.parse(decodeURIComponent(header)))
}
