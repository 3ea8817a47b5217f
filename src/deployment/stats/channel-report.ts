import type { ChannelName } from '../../protocol/channels.ts'
import type { Counts as Billed } from '../../protocol/cost/schema.ts'
import type { ChannelCounts } from '../../protocol/stats.ts'

/** What a channel tells of itself. */
export type ChannelReport = {
  channel: ChannelName
  /** Which tally its counts belong to: a channel that lost its memory begins another, at nothing. */
  tally: string
  counts: ChannelCounts // since the tally began
  billed: Billed // by its meter, all time
  sessions: number
  turns_running: number
  turns_waiting: number
}

/** How channels reach the object that knows all of them. */
export type StatsStub = {
  report(report: ChannelReport): Promise<void>
  forget(channel: ChannelName): Promise<void>
}
