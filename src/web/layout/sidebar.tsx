import { useState } from 'react'
import { useCircle, useUnread } from '../../client/react.ts'
import { request } from '../lib/api.ts'
import { CloseIcon } from '../lib/icons.tsx'
import { type Identity, useIdentity } from '../nav/identity.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { removeRecentCircle, useRecentCircles } from '../nav/recent-circles.ts'
import { channelPath, isConversation, navigate, parseDestination, type Route } from '../nav/route.ts'
import { useOpenCircles } from '../nav/use-open-circles.ts'
import { ThemeSwitch } from './theme.tsx'

type Props = { current: NonNullable<Route>; onLeave(): void; onHelp(): void }

/** The left column: the reader's recent circles, the server's open circles, and a field to go to any channel. */
export function Sidebar({ current, onLeave, onHelp }: Props) {
  const names = useRecentCircles()
  const identity = useIdentity()
  const [text, setText] = useState('')
  const others = useOpenCircles().filter(({ name }) => !names.includes(name))
  const matches = ({ name }: { name: string }): boolean => name.includes(text.trim().toLowerCase())
  const destination = parseDestination(text)
  const go = async (): Promise<void> => {
    if (destination === null) return
    const { kind, name } = destination
    setText('')
    if (isConversation(kind) && !names.includes(name)) await createCircle(identity, name)
    navigate(channelPath(kind, name))
  }
  return (
    <nav className="sidebar" aria-label="Circles">
      <form action={go} className="jump">
        <input
          id="jump"
          aria-label="Go to a circle or create one"
          placeholder="Go to a circle"
          title="Press / to focus this field"
          value={text}
          onChange={event => setText(event.target.value)}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
        />
      </form>
      <div className="circle-list">
        <ul aria-label="Your circles">
          {names
            .filter(name => matches({ name }))
            .map(name => (
              <RecentCircle key={name} name={name} isCurrent={isConversation(current.kind) && current.name === name} />
            ))}
        </ul>
        {others.some(matches) ? <h2>Open circles</h2> : null}
        <ul aria-label="Open circles">
          {others.filter(matches).map(({ name, title }) => (
            <li key={name}>
              <NavLink href={channelPath('circle', name)} title={title}>
                <span className="name">{name}</span>
              </NavLink>
            </li>
          ))}
        </ul>
        {destination !== null && !names.includes(destination.name) ? (
          <p className="soft">Press Enter to go to “{destination.name}”. It is created if it does not exist.</p>
        ) : null}
      </div>
      <Account identity={identity} onLeave={onLeave} onHelp={onHelp} />
    </nav>
  )
}

/** Creates a circle with the reader as its owner. One that exists already is not changed. */
const createCircle = (identity: Identity, name: string): Promise<void> =>
  request<void>(identity, '/api/circles', { method: 'POST', body: { name } }).catch(() => {})

function Account({ identity, onLeave, onHelp }: { identity: Identity } & Omit<Props, 'current'>) {
  const isGuest = identity.by === 'name'
  return (
    <div className="account">
      <span className="name" title={isGuest ? 'You joined as a guest' : 'You are signed in with a token'}>
        {isGuest ? identity.name : identity.account}
      </span>
      <button type="button" onClick={onHelp} aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">
        ?
      </button>
      <ThemeSwitch />
      <button type="button" onClick={onLeave}>
        Leave
      </button>
    </div>
  )
}

function RecentCircle({ name, isCurrent }: { name: string; isCurrent: boolean }) {
  const { count, mentions } = useUnread(useCircle(name))
  return (
    <li>
      <NavLink
        href={channelPath('circle', name)}
        aria-current={isCurrent ? 'page' : undefined}
        data-unread={count > 0 || undefined}
      >
        <span className="name">{name}</span>
        {count > 0 ? (
          <span className="count" data-mentions={mentions > 0 || undefined}>
            {count > 99 ? '99+' : count}
            <span className="visually-hidden">{mentions > 0 ? ` unread, ${mentions} mentioning you` : ' unread'}</span>
          </span>
        ) : null}
      </NavLink>
      {isCurrent ? null : (
        <button
          type="button"
          className="remove"
          aria-label={`Remove ${name} from the list`}
          onClick={() => removeRecentCircle(name)}
        >
          <CloseIcon />
        </button>
      )}
    </li>
  )
}
