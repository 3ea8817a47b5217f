import { useEffect } from 'react'
import type { DeploymentStats } from '../../protocol/stats.ts'
import { ThemeSwitch } from '../layout/theme.tsx'
import type { FeedState } from '../lib/feed.ts'
import { clockTime, exactTime } from '../lib/format-time.ts'
import type { Identity } from '../nav/identity.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { Channels } from './channels.tsx'
import { Sparkline } from './sparkline.tsx'
import { type StatsView, useStats } from './use-stats.ts'
import { coveredMinutes, increase, ratesOf } from './window.ts'
import './stats.css'
import { getLocale, number } from '../words/format.ts'
import { t } from '../words/words.ts'

/** The live statistics of the deployment, for its owners. */
export function StatsPage({ identity }: { identity: Identity | null }) {
  const view = useStats(identity)
  useEffect(() => {
    document.title = t('stats.tab')
  }, [])
  return (
    <main className="stats">
      <header>
        <NavLink href="/" aria-label={t('stats.back')} title={t('stats.back')}>
          <img src="/icon.svg" alt="" width="24" height="24" />
        </NavLink>
        <h1>{t('stats.title')}</h1>
        <FeedStatus state={view.state} />
        <ThemeSwitch />
      </header>
      {view.stats === null ? null : <Stats {...view} stats={view.stats} />}
    </main>
  )
}

function FeedStatus({ state }: { state: FeedState }) {
  if (state.phase === 'refused') {
    return (
      <p className="problem" role="alert">
        {state.reason} <a href="/">{t('stats.signIn')}</a>
      </p>
    )
  }
  const text = { connecting: t('stats.connecting'), live: t('stats.live') }
  return (
    <p className="soft" role="status" data-state={state.phase}>
      {state.phase === 'offline' ? t('stats.offline', { time: clockTime(state.since) }) : text[state.phase]}
    </p>
  )
}

function Stats({ stats, samples, now }: StatsView & { stats: DeploymentStats }) {
  const { counts } = stats
  const rates = ratesOf(samples, now)
  const rate = rates.at(-1) ?? 0
  const peak = Math.max(0, ...rates.flatMap(value => value ?? []))
  const refused = increase(samples, ({ refusals }) => refusals, now)
  const slow = counts.closes['4430'] ?? 0 // closed because they read too slowly
  return (
    <>
      <dl className="metrics">
        <Metric
          name={t('stats.connected')}
          value={stats.sessions}
          note={t('stats.inChannels', { count: stats.channels })}
        />
        <Metric name={t('stats.rate')} value={short(rate)} note={t('stats.total', { count: counts.messages })} />
        <Metric
          name={t('stats.running')}
          value={stats.turns_running}
          note={t('stats.waiting', { count: stats.turns_waiting })}
        />
        <Metric
          name={t('stats.failed')}
          value={counts.turns.failed ?? 0}
          note={t('stats.answered', { count: counts.turns.answered ?? 0 })}
        />
        <Metric
          name={t('stats.refused', { minutes: coveredMinutes(samples, now) })}
          value={refused}
          note={t('stats.commands')}
        />
        <Metric name={t('stats.slow')} value={slow} note={t('stats.disconnected')} />
        <Metric name={t('stats.errors')} value={counts.faults} note={t('stats.inTotal')} isBad={counts.faults > 0} />
      </dl>
      <figure>
        <Sparkline values={rates} label={t('stats.chart', { now: short(rate), peak: short(peak) })} />
        <figcaption className="soft">
          {t('stats.caption', { peak: short(peak) })}
          <span title={exactTime(Date.parse(stats.since))}>
            {t('stats.since', { time: shortDate(Date.parse(stats.since)) })}
          </span>
        </figcaption>
      </figure>
      <Channels top={stats.top} samples={samples} now={now} />
      <div className="codes">
        <Codes caption={t('stats.refusals')} values={counts.refusals} />
        <Codes caption={t('stats.closes')} values={counts.closes} />
        <Codes caption={t('stats.turns')} values={counts.turns} />
      </div>
    </>
  )
}

type MetricProps = { name: string; value: number | string; note: string; isBad?: boolean }

function Metric({ name, value, note, isBad = false }: MetricProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-bad={isBad || undefined}>
        {typeof value === 'number' ? number(value) : value} <small>{note}</small>
      </dd>
    </div>
  )
}

function Codes({ caption, values }: { caption: string; values: Readonly<Record<string, number>> }) {
  const rows = Object.entries(values).toSorted(([, a], [, b]) => b - a)
  return (
    <table>
      <caption>{caption}</caption>
      <tbody>
        {rows.map(([code, count]) => (
          <tr key={code}>
            <th scope="row">
              <code>{code}</code>
            </th>
            <td>{number(count)}</td>
          </tr>
        ))}
        {rows.length === 0 ? (
          <tr>
            <td className="soft">{t('stats.none')}</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  )
}

const shortDate = (at: number): string =>
  new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(at)
const short = (rate: number): string =>
  rate >= 10 ? number(Math.round(rate)) : number(rate, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
