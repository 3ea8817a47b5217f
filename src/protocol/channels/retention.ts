import * as z from 'zod/v4'

/** How much of a channel's log is kept. */
export const retention = z.strictObject({
  events: z.int().min(1).max(10_000_000).optional(), // at most this many
  days: z.int().min(1).max(36_500).optional(), // and none older than this
  bytes: z.int().min(1_000_000).max(8_000_000_000).optional(), // of data; at most `limits.retention_bytes`, the default
})
/** The type of `retention`. */
export type Retention = z.infer<typeof retention>
