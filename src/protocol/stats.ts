import { z } from 'zod'
import { counts as billed } from './cost/schema.ts'

const count = z.int().nonnegative()
const byCode = z.record(z.string(), count)

/** What is counted of a channel, from the beginning on. */
export const channelCounts = z.object({
  connections: count, // sockets that opened
  closes: byCode, // by close code; `other` for what a peer made up
  resumes: count, // sockets that came back to their place in the log
  messages: count, // lines of people and of agents that were stored
  frames_in: count,
  frames_out: count,
  refusals: byCode, // by error code
  turns: byCode, // by how they ended: answered, stopped, failed
  faults: count, // of ours
})
export type ChannelCounts = z.infer<typeof channelCounts>

/** What is true just now. */
const levels = {
  sessions: count, // sockets that are open
  turns_running: count,
  turns_waiting: count, // in line, or for somebody's decision
}

export const channelStats = z.object({
  channel: z.string(),
  ...levels,
  counts: channelCounts,
  billed,
  active_at: z.iso.datetime(),
})
export type ChannelStats = z.infer<typeof channelStats>

/** What this deployment is doing: of all channels together, and of those with the most sockets. */
export const deploymentStats = z.object({
  at: z.iso.datetime(),
  since: z.iso.datetime(), // counting
  channels: count, // that were ever counted and are not deleted
  ...levels,
  counts: channelCounts,
  billed, // of the channels that are not deleted
  top: z.array(channelStats),
})
export type DeploymentStats = z.infer<typeof deploymentStats>

/** What `/ws/stats` sends: at first, and at most once a second while something changes. */
export const statsFrame = z.object({ type: z.literal('stats'), data: deploymentStats, timestamp: z.iso.datetime() })
export type StatsFrame = z.infer<typeof statsFrame>
