import * as z from 'zod/v4'
import { counts as billed } from './cost/schema.ts'

const count = z.int().nonnegative()
const byCode = z.object({}).catchall(count)

/** The counts of a channel since it was created. */
export const channelCounts = z.object({
  connections: count, // sockets that opened
  closes: byCode, // by close code; `other` for codes that a peer made up
  resumes: count, // sockets that resumed from a seq
  messages: count, // messages of people and agents that were stored
  frames_in: count,
  frames_out: count,
  refusals: byCode, // by error code
  turns: byCode, // by how they ended: answered, stopped, silent, failed
  faults: count, // errors of the server
})
/** The type of `channelCounts`. */
export type ChannelCounts = z.infer<typeof channelCounts>

// Gauges: the present values.
const levels = {
  sessions: count, // sockets that are open
  turns_running: count,
  turns_waiting: count, // queued, or waiting for an approval
}

/** A relay, as its circle sees it. */
export const relayFigures = z.object({
  name: z.string(),
  sessions: count, // whose sockets stand there
  cut_since: z.iso.datetime().nullable(), // null: it is connected
  behind: count, // characters that it was sent and has not taken
})
/** The type of `relayFigures`. */
export type RelayFigures = z.infer<typeof relayFigures>

/** The statistics of a channel. */
export const channelStats = z.object({
  channel: z.string(),
  ...levels,
  counts: channelCounts,
  billed,
  relays: z.array(relayFigures).optional(), // absent: it has none
  active_at: z.iso.datetime(),
})
/** The type of `channelStats`. */
export type ChannelStats = z.infer<typeof channelStats>

/** The statistics of a deployment: of all channels together, and of those with the most sockets. */
export const deploymentStats = z.object({
  at: z.iso.datetime(),
  since: z.iso.datetime(), // the start of counting
  channels: count, // that were ever counted and are not deleted
  ...levels,
  counts: channelCounts,
  billed, // of the channels that are not deleted
  top: z.array(channelStats),
})
/** The type of `deploymentStats`. */
export type DeploymentStats = z.infer<typeof deploymentStats>

/** The frame of `/ws/stats`: sent at once, and then at most once a second while something changes. */
export const statsFrame = z.object({ type: z.literal('stats'), data: deploymentStats, timestamp: z.iso.datetime() })
/** The type of `statsFrame`. */
export type StatsFrame = z.infer<typeof statsFrame>
