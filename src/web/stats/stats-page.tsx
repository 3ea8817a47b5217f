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

/** The live statistics of the deployment, for its owners. */
export function StatsPage({ identity }: { identity: Identity | null }) {
  const view = useStats(identity)
  useEffect(() => {
    document.title = 'Statistics · Circles'
  }, [])
  return (
    <main className="stats">
      <header>
        <NavLink href="/" aria-label="Back to the circles" title="Back to the circles">
          <img src="/icon.svg" alt="" width="24" height="24" />
        </NavLink>
        <h1>Statistics</h1>
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
        {state.reason} <a href="/">Sign in</a>
      </p>
    )
  }
  const text = { connecting: 'Connecting …', live: 'Live' }
  return (
    <p className="soft" role="status" data-state={state.phase}>
      {state.phase === 'offline' ? `Offline since ${clockTime(state.since)}` : text[state.phase]}
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
        <Metric name="Connected" value={stats.sessions} note={`in ${plural(stats.channels, 'channel')}`} />
        <Metric name="Messages per second" value={short(rate)} note={`${counts.messages.toLocaleString()} in total`} />
        <Metric name="Running turns" value={stats.turns_running} note={`${stats.turns_waiting} waiting`} />
        <Metric name="Failed turns" value={counts.turns.failed ?? 0} note={`${counts.turns.answered ?? 0} answered`} />
        <Metric name={`Refused, ${coveredMinutes(samples, now)} min`} value={refused} note="commands" />
        <Metric name="Slow clients" value={slow} note="disconnected, in total" />
        <Metric name="Server errors" value={counts.faults} note="in total" isBad={counts.faults > 0} />
      </dl>
      <figure>
        <Sparkline
          values={rates}
          label={`Messages per second over the last ten minutes: now ${short(rate)}, at most ${short(peak)}`}
        />
        <figcaption className="soft">
          Messages per second, last ten minutes, at most {short(peak)}
          <span title={exactTime(Date.parse(stats.since))}>
            counted since {shortDate.format(Date.parse(stats.since))}
          </span>
        </figcaption>
      </figure>
      <Channels top={stats.top} samples={samples} now={now} />
      <div className="codes">
        <Codes caption="Refused commands by code" values={counts.refusals} />
        <Codes caption="Closed connections by code" values={counts.closes} />
        <Codes caption="Turns by result" values={counts.turns} />
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
        {value.toLocaleString()} <small>{note}</small>
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
            <td>{count.toLocaleString()}</td>
          </tr>
        ))}
        {rows.length === 0 ? (
          <tr>
            <td className="soft">none</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  )
}

const shortDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const short = (rate: number): string => (rate >= 10 ? Math.round(rate).toLocaleString() : rate.toFixed(1))
const plural = (count: number, word: string): string => `${count.toLocaleString()} ${word}${count === 1 ? '' : 's'}`
