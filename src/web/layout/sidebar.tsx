import { useState } from 'react'
import { useCircle, useUnread } from '../../client/react.ts'
import { request } from '../lib/api.ts'
import { CloseIcon } from '../lib/icons.tsx'
import { useIdentity } from '../nav/identity-context.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { forgetCircle, useRecentCircles } from '../nav/recent-circles.ts'
import { navigate, pathOf, type Route, readGoal } from '../nav/route.ts'
import { useOpenCircles } from '../nav/use-open-circles.ts'
import { ThemeSwitch } from './theme.tsx'

type Props = { current: NonNullable<Route>; onLeave(): void; onHelp(): void }

/** The circles on the left: where you have been, what else there is, and a field to go anywhere. */
export function Sidebar({ current, onLeave, onHelp }: Props) {
  const names = useRecentCircles()
  const who = useIdentity()
  const [wanted, setWanted] = useState('')
  const others = useOpenCircles().filter(({ name }) => !names.includes(name))
  const matches = ({ name }: { name: string }): boolean => name.includes(wanted.trim().toLowerCase())
  const goal = readGoal(wanted)
  const go = async (): Promise<void> => {
    if (goal === null) return
    const { kind, name } = goal
    setWanted('')
    // Whoever makes a circle owns it. One that exists already is simply entered.
    if (kind === 'circle' && !names.includes(name))
      await request(who, '/api/circles', { method: 'POST', body: { name } }).catch(() => {})
    navigate(pathOf(kind, name))
  }
  return (
    <nav className="sidebar" aria-label="Circles">
      <form action={go} className="jump">
        <input
          id="jump"
          aria-label="Go to a circle, or make one"
          placeholder="Go to a circle"
          title="Press / to come here"
          value={wanted}
          onChange={event => setWanted(event.target.value)}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
        />
      </form>
      <div className="places">
        <ul aria-label="Yours">
          {names
            .filter(name => matches({ name }))
            .map(name => (
              <Place key={name} name={name} isCurrent={current.kind === 'circle' && current.name === name} />
            ))}
        </ul>
        {others.some(matches) ? <h2>Open to you</h2> : null}
        <ul aria-label="Open to you">
          {others.filter(matches).map(({ name, title }) => (
            <li key={name}>
              <NavLink href={pathOf('circle', name)} title={title}>
                <span className="name">{name}</span>
              </NavLink>
            </li>
          ))}
        </ul>
        {goal !== null && !names.includes(goal.name) ? (
          <p className="soft">Enter goes to “{goal.name}”, and makes it if it is new.</p>
        ) : null}
      </div>
      <div className="me">
        <span className="name" title={who.by === 'name' ? 'You are here as a guest' : 'Signed in with a token'}>
          {who.by === 'name' ? who.name : who.account}
        </span>
        <button type="button" onClick={onHelp} aria-label="Keys" title="Keys (?)">
          ?
        </button>
        <ThemeSwitch />
        <button type="button" onClick={onLeave}>
          Leave
        </button>
      </div>
    </nav>
  )
}

function Place({ name, isCurrent }: { name: string; isCurrent: boolean }) {
  const { count, mentions } = useUnread(useCircle(name))
  return (
    <li>
      <NavLink
        href={pathOf('circle', name)}
        aria-current={isCurrent ? 'page' : undefined}
        data-unread={count > 0 || undefined}
      >
        <span className="name">{name}</span>
        {count > 0 ? (
          <span className="count" data-mentions={mentions > 0 || undefined}>
            {count > 99 ? '99+' : count}
            <span className="hidden">{mentions > 0 ? ` unread, ${mentions} for you` : ' unread'}</span>
          </span>
        ) : null}
      </NavLink>
      {isCurrent ? null : (
        <button
          type="button"
          className="quiet"
          aria-label={`Take ${name} off the list`}
          onClick={() => forgetCircle(name)}
        >
          <CloseIcon />
        </button>
      )}
    </li>
  )
}
