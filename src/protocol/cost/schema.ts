import { z } from 'zod'

// What a channel costs, as it counts it itself (docs/cost.md).

const count = z.int().nonnegative()
const dollars = z.number().nonnegative()

/** What the platform bills, and what explains it. */
export const counts = z.object({
  messages: count, // from sockets; twenty are a request
  calls: count, // upgrades and RPC, a request each
  alarms: count, // that rang, a request each
  wakes: count, // how often the object came into memory; free, but each is a constructor that runs
  active_ms: count, // estimated: see docs/cost.md
  rows_read: count,
  rows_written: count, // by SQL
  alarm_sets: count, // set or deleted, each a row written
})
export type Counts = z.infer<typeof counts>

const line = z.object({ quantity: z.number().nonnegative(), dollars, beyond_included: dollars })

/** What counts come to in money: at full price, and if this were all that its account uses. */
export const bill = z.object({
  requests: line,
  duration: line, // GB-s
  rows_read: line,
  rows_written: line,
  storage: line, // GB
  total: dollars,
  beyond_included: dollars,
})
export type Bill = z.infer<typeof bill>

/** Why a channel is awake, or woken, more than it need be. */
export const wakefulCause = z.enum(['timer', 'agent', 'errand', 'undrained', 'pings', 'reconnects', 'unknown'])
export type WakefulCause = z.infer<typeof wakefulCause>

/** One such thing, as it was seen last. */
export const wakeful = z.object({
  cause: wakefulCause,
  detail: z.string(),
  seen_at: z.iso.datetime(),
  dollars_a_month: dollars, // if it goes on like this
})
export type Wakeful = z.infer<typeof wakeful>

/** What a channel has cost, and what a month of the same would. */
export const cost = z.object({
  channel: z.string(),
  now: z.iso.datetime(),
  since: z.iso.datetime(), // counted from here
  counted: counts,
  month: z.object({ since: z.iso.datetime(), counted: counts }), // the calendar month (UTC), or what was seen of it
  storage_bytes: count,
  extrapolated: z.object({ from: z.enum(['month', 'all']), seconds: count, counted: counts, bill }).nullable(), // null: counted for too short a time to say anything
  wakeful: z.array(wakeful), // told within the last hour
  prices_as_of: z.iso.date(),
})
export type Cost = z.infer<typeof cost>
