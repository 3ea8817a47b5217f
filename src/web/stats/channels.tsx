import type { ChannelKind } from '../../protocol/channels/channels.ts'
import type { ChannelStats } from '../../protocol/stats.ts'
import { clockTime, exactTime } from '../lib/format-time.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { channelPath } from '../nav/route.ts'
import { defaultKind } from '../tables.ts'
import { number } from '../words/format.ts'
import { t } from '../words/words.ts'
import { coveredMinutes, messageCount, type Sample } from './window.ts'

type Props = { top: readonly ChannelStats[]; samples: readonly Sample[]; now: number }

/** The channels with the most sockets, sorted by their messages within the window. */
export function Channels({ top, samples, now }: Props) {
  const rows = top
    .map(stats => ({ ...stats, recent: messageCount(samples, stats.channel, now) }))
    .toSorted((a, b) => b.recent - a.recent || b.sessions - a.sessions)
  if (rows.length === 0) return <p className="soft">{t('stats.noChannels')}</p>
  return (
    <table>
      <caption>{t('stats.byActivity')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('stats.channel')}</th>
          <th scope="col">{t('stats.connected')}</th>
          <th scope="col">{t('stats.recent', { minutes: coveredMinutes(samples, now) })}</th>
          <th scope="col" className="wide">
            {t('stats.messages')}
          </th>
          <th scope="col" className="wide">
            {t('stats.turnsColumn')}
          </th>
          <th scope="col" className="wide">
            {t('stats.refusedColumn')}
          </th>
          <th scope="col" className="wide">
            {t('stats.report')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ channel, sessions, recent, turns_running, turns_waiting, counts, active_at }) => (
          <tr key={channel}>
            <th scope="row">
              <ChannelName channel={channel} />
            </th>
            <td>{number(sessions)}</td>
            <td>{number(recent)}</td>
            <td className="wide">{number(counts.messages)}</td>
            <td className="wide">{number(turns_running + turns_waiting)}</td>
            <td className="wide">{number(Object.values(counts.refusals).reduce((sum, count) => sum + count, 0))}</td>
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
  if (name.includes('~')) return <span title={channel}>{t('stats.privateChat')}</span>
  return <NavLink href={channelPath(kind as ChannelKind, name)}>{kind === defaultKind.kind ? name : channel}</NavLink>
}
