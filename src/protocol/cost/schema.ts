import * as z from 'zod/v4'

// The cost of a channel, as it counts it itself (docs/cost.md).

const count = z.int().nonnegative()
const dollars = z.number().nonnegative()

/** Counts of everything the platform bills, and of wake-ups, which explain them. */
export const counts = z.object({
  messages: count, // from sockets; twenty count as a request
  calls: count, // upgrades and RPC calls, a request each
  alarms: count, // that fired, a request each
  wakes: count, // times the object was loaded into memory; free, but each runs its constructor
  active_ms: count, // estimated: see docs/cost.md
  rows_read: count,
  rows_written: count, // by SQL
  alarm_sets: count, // set or deleted, each a row written
})
/** The type of `counts`. */
export type Counts = z.infer<typeof counts>

const line = z.object({ quantity: z.number().nonnegative(), dollars, beyond_included: dollars })

/** The price of counts: in full, and if the account used nothing else. */
export const bill = z.object({
  requests: line,
  duration: line, // GB-s
  rows_read: line,
  rows_written: line,
  storage: line, // GB
  files: line.optional(), // GB, in R2; absent: there are none
  total: dollars,
  beyond_included: dollars,
})
/** The type of `bill`. */
export type Bill = z.infer<typeof bill>

/** Why a channel is awake, or woken, more than it needs to be. */
export const wakefulCause = z.enum(['timer', 'agent', 'errand', 'undrained', 'pings', 'reconnects', 'unknown'])
/** The type of `wakefulCause`. */
export type WakefulCause = z.infer<typeof wakefulCause>

/** One such cause, as last observed. */
export const wakeful = z.object({
  cause: wakefulCause,
  detail: z.string(),
  seen_at: z.iso.datetime(),
  dollars_a_month: dollars, // if it continues like this
})
/** The type of `wakeful`. */
export type Wakeful = z.infer<typeof wakeful>

/** The cost of a channel so far, and of a month at the same rate. */
export const cost = z.object({
  channel: z.string(),
  now: z.iso.datetime(),
  since: z.iso.datetime(), // the start of counting
  counted: counts,
  month: z.object({ since: z.iso.datetime(), counted: counts }), // the calendar month (UTC), or the part of it that was counted
  storage_bytes: count,
  file_bytes: count.optional(), // of files, which are in R2; absent: there are none
  extrapolated: z.object({ from: z.enum(['month', 'all']), seconds: count, counted: counts, bill }).nullable(), // null: counted for too short a time to extrapolate
  wakeful: z.array(wakeful), // observed within the last hour
  prices_as_of: z.iso.date(),
})
/** The type of `cost`. */
export type Cost = z.infer<typeof cost>
