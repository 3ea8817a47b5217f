import type { ChannelName } from '../protocol/channels/channels.ts'
import type { Counts } from '../protocol/cost/schema.ts'
import type { ChannelCounts, DeploymentStats, RelayFigures } from '../protocol/stats.ts'

/** The figures that a channel reports about itself. */
export type ChannelReport = {
  channel: ChannelName
  /** The id of the counters: a channel that lost its memory starts new ones, at zero. */
  tally: string
  counts: ChannelCounts // since these counters started
  billed: Counts // by its meter, all time
  sessions: number
  turns_running: number
  turns_waiting: number
  relays?: readonly RelayFigures[] // if it has any
}

/** The methods of the object that collects the figures of all channels. */
export interface StatsRpc {
  /** Accepts the WebSocket of an upgrade that the Worker has authenticated. */
  fetch(request: Request): Promise<Response>
  /** Takes a channel's figures. */
  report(report: ChannelReport): void
  /** Removes a deleted channel; what it counted stays in the totals. */
  forget(channel: ChannelName): void
  /** Returns the figures of the deployment. */
  snapshot(): DeploymentStats
  /** Closes the sockets whose token was issued to this user until `before` (ms). */
  revoke(user: string, before: number): boolean | undefined
}
