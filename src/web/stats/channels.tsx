import type { ChannelKind } from '../../protocol/channels/channels.ts'
import type { ChannelStats } from '../../protocol/stats.ts'
import { clockTime, exactTime } from '../lib/format-time.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { channelPath } from '../nav/route.ts'
import { defaultKind } from '../tables.ts'
import { coveredMinutes, messageCount, type Sample } from './window.ts'

type Props = { top: readonly ChannelStats[]; samples: readonly Sample[]; now: number }

/** The channels with the most sockets, sorted by their messages within the window. */
export function Channels({ top, samples, now }: Props) {
  const rows = top
    .map(stats => ({ ...stats, recent: messageCount(samples, stats.channel, now) }))
    .toSorted((a, b) => b.recent - a.recent || b.sessions - a.sessions)
  if (rows.length === 0) return <p className="soft">No channel has reported since the counters were reset.</p>
  return (
    <table>
      <caption>Channels by activity</caption>
      <thead>
        <tr>
          <th scope="col">Channel</th>
          <th scope="col">Connected</th>
          <th scope="col">Messages, {coveredMinutes(samples, now)} min</th>
          <th scope="col" className="wide">
            Messages in total
          </th>
          <th scope="col" className="wide">
            Turns
          </th>
          <th scope="col" className="wide">
            Refused
          </th>
          <th scope="col" className="wide">
            Last report
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ channel, sessions, recent, turns_running, turns_waiting, counts, active_at }) => (
          <tr key={channel}>
            <th scope="row">
              <ChannelName channel={channel} />
            </th>
            <td>{sessions.toLocaleString()}</td>
            <td>{recent.toLocaleString()}</td>
            <td className="wide">{counts.messages.toLocaleString()}</td>
            <td className="wide">{turns_running + turns_waiting}</td>
            <td className="wide">{Object.values(counts.refusals).reduce((sum, count) => sum + count, 0)}</td>
            <td className="wide">
              <time dateTime={active_at} title={exactTime(Date.parse(active_at))}>
                {clockTime(Date.parse(active_at))}
              </time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The channel as a link; a private chat with an agent has no page of its own. */
function ChannelName({ channel }: { channel: string }) {
  const [kind, name = ''] = channel.split(':')
  if (name.includes('~')) return <span title={channel}>a private chat</span>
  return <NavLink href={channelPath(kind as ChannelKind, name)}>{kind === defaultKind.kind ? name : channel}</NavLink>
}
