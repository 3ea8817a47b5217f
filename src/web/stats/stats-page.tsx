import { useEffect } from 'react'
import type { DeploymentStats } from '../../protocol/stats.ts'
import { ThemeSwitch } from '../layout/theme.tsx'
import { clockTime, exactTime } from '../lib/format-time.ts'
import type { Identity } from '../nav/identity.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { Channels } from './channels.tsx'
import type { FeedState } from './feed.ts'
import { Sparkline } from './sparkline.tsx'
import { type Seen, useStats } from './use-stats.ts'
import { increase, ratesOf } from './window.ts'
import './stats.css'

/** What this deployment is doing just now, for those who own it. */
export function StatsPage({ who }: { who: Identity | null }) {
  const seen = useStats(who)
  useEffect(() => {
    document.title = 'Figures · Circles'
  }, [])
  return (
    <main className="stats">
      <header>
        <NavLink href="/" aria-label="Back to the circles" title="Back to the circles">
          <img src="/icon.svg" alt="" width="24" height="24" />
        </NavLink>
        <h1>Figures</h1>
        <Standing state={seen.state} />
        <ThemeSwitch />
      </header>
      {seen.stats === null ? null : <Figures {...seen} stats={seen.stats} />}
    </main>
  )
}

function Standing({ state }: { state: FeedState }) {
  if (state.is === 'refused') {
    return (
      <p className="problem" role="alert">
        {state.why} <a href="/">Sign in</a>
      </p>
    )
  }
  const text = { connecting: 'Connecting …', live: 'Live' }
  return (
    <p className="soft" role="status" data-state={state.is}>
      {state.is === 'offline' ? `Offline since ${clockTime(state.since)}` : text[state.is]}
    </p>
  )
}

function Figures({ stats, samples, now }: Seen & { stats: DeploymentStats }) {
  const { counts } = stats
  const rates = ratesOf(samples, now)
  const rate = rates.at(-1) ?? 0
  const most = Math.max(0, ...rates.flatMap(value => value ?? []))
  const refused = increase(samples, ({ refusals }) => refusals, now)
  const slow = counts.closes['4430'] ?? 0
  return (
    <>
      <dl className="figures">
        <Figure name="Connected" value={stats.sessions} note={`in ${plural(stats.channels, 'channel')}`} />
        <Figure name="Lines a second" value={short(rate)} note={`${counts.messages.toLocaleString()} in all`} />
        <Figure name="Agents at work" value={stats.turns_running} note={`${stats.turns_waiting} waiting`} />
        <Figure name="Failed turns" value={counts.turns.failed ?? 0} note={`${counts.turns.answered ?? 0} answered`} />
        <Figure name="Refused, 10 min" value={refused} note="commands" />
        <Figure name="Slow readers" value={slow} note="let go, in all" />
        <Figure name="Faults" value={counts.faults} note="of the server, in all" isBad={counts.faults > 0} />
      </dl>
      <figure>
        <Sparkline
          values={rates}
          label={`Lines a second over the last ten minutes: now ${short(rate)}, at most ${short(most)}`}
        />
        <figcaption className="soft">
          Lines a second, last ten minutes, at most {short(most)}
          <span title={exactTime(Date.parse(stats.since))}>
            counting since {shortDate.format(Date.parse(stats.since))}
          </span>
        </figcaption>
      </figure>
      <Channels top={stats.top} samples={samples} now={now} />
      <div className="codes">
        <Codes caption="Refused, by code" values={counts.refusals} />
        <Codes caption="Closed, by code" values={counts.closes} />
        <Codes caption="Turns, by end" values={counts.turns} />
      </div>
    </>
  )
}

type FigureProps = { name: string; value: number | string; note: string; isBad?: boolean }

function Figure({ name, value, note, isBad = false }: FigureProps) {
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
  const rows = Object.entries(values).toSorted(([, one], [, other]) => other - one)
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
