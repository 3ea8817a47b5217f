import type { ChannelKind } from '../../protocol/channels.ts'
import type { ChannelStats } from '../../protocol/stats.ts'
import { clockTime, exactTime } from '../lib/format-time.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { pathOf } from '../nav/route.ts'
import { messageCount, type Sample } from './window.ts'

type Props = { top: readonly ChannelStats[]; samples: readonly Sample[]; now: number }

/** The channels with the most sockets, those first in which most is said. */
export function Channels({ top, samples, now }: Props) {
  const rows = top
    .map(stats => ({ ...stats, lines: messageCount(samples, stats.channel, now) }))
    .toSorted((a, b) => b.lines - a.lines || b.sessions - a.sessions)
  if (rows.length === 0) return <p className="soft">Nobody has been here since counting began.</p>
  return (
    <table>
      <caption>Channels by activity</caption>
      <thead>
        <tr>
          <th scope="col">Channel</th>
          <th scope="col">Connected</th>
          <th scope="col">Lines, 10 min</th>
          <th scope="col" className="wide">
            Lines in all
          </th>
          <th scope="col" className="wide">
            Turns
          </th>
          <th scope="col" className="wide">
            Refused
          </th>
          <th scope="col" className="wide">
            Last told
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ channel, sessions, lines, turns_running, turns_waiting, counts, active_at }) => (
          <tr key={channel}>
            <th scope="row">
              <Name channel={channel} />
            </th>
            <td>{sessions.toLocaleString()}</td>
            <td>{lines.toLocaleString()}</td>
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

/** Somebody's talk with an agent has no address of its own. */
function Name({ channel }: { channel: string }) {
  const [kind, name = ''] = channel.split(':')
  if (name.includes('~')) return <span title={channel}>a private talk</span>
  return <NavLink href={pathOf(kind as ChannelKind, name)}>{kind === 'circle' ? name : channel}</NavLink>
}
