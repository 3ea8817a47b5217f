import { type ComponentProps, type KeyboardEvent, lazy, Suspense, useState } from 'react'
import { useCircle, useUnread } from '../../client/react.ts'
import { useInbox, useUnreadCounts } from '../inbox/use-inbox.ts'
import type { UnreadCounts } from '../inbox/watch-unread.ts'
import { CloseIcon } from '../lib/icons.tsx'
import { isForInputMethod } from '../lib/use-keys.ts'
import { type Identity, useIdentity } from '../nav/identity.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { removeRecentCircle, useRecentCircles } from '../nav/recent-circles.ts'
import { canonicalName, channelPath, isConversation, navigate, parseDestination, type Route } from '../nav/route.ts'
import { type OpenCircle, useOpenCircles } from '../nav/use-open-circles.ts'
import { createCircle } from './join.tsx'
import { ThemeSwitch } from './theme.tsx'

const InboxList = lazy(() => import('../inbox/inbox-list.tsx').then(({ InboxList }) => ({ default: InboxList })))

type Props = { current: NonNullable<Route>; onLeave(): void; onHelp(): void }

/** The left column: the reader's recent circles, the server's open circles, and a field to go to any channel. */
export function Sidebar({ current, onLeave, onHelp }: Props) {
  const names = useRecentCircles()
  const inbox = useInbox()
  const identity = useIdentity()
  const [text, setText] = useState('')
  const unread = useUnreadCounts()
  const others = withVisited(useOpenCircles(), unread).filter(({ name }) => !names.includes(name))
  const matches = ({ name }: { name: string }): boolean => name.includes(text.trim().toLowerCase())
  const destination = parseDestination(text)
  const suggestion = destination === null ? similarName(text) : null
  const shown = names.filter(name => matches({ name }))
  const currentName = isConversation(current.kind) ? current.name : ''
  const go = async (): Promise<void> => {
    if (destination === null) {
      if (suggestion !== null) setText(suggestion)
      return
    }
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
        <Suspense>{inbox.length === 0 ? null : <InboxList />}</Suspense>
        <ul aria-label="Your circles" onKeyDown={moveBetweenLinks}>
          {shown.map((name, index) => (
            <RecentCircle
              key={name}
              name={name}
              isCurrent={name === currentName}
              isTabStop={shown.includes(currentName) ? name === currentName : index === 0}
            />
          ))}
        </ul>
        {others.some(matches) ? <h2>Other circles</h2> : null}
        <ul aria-label="Other circles">
          {others.filter(matches).map(({ name, title }) => (
            <li key={name}>
              <CircleLink name={name} title={title} count={unread.get(`circle:${name}`) ?? 0} />
            </li>
          ))}
        </ul>
        {suggestion === null ? null : (
          <p className="soft" role="status">
            A name has letters, digits, dots and dashes only.{' '}
            <button type="button" className="link" onClick={() => setText(suggestion)}>
              Use “{suggestion}”
            </button>
          </p>
        )}
        {destination !== null && !names.includes(destination.name) ? (
          <p className="soft">Press Enter to go to “{destination.name}”. It is created if it does not exist.</p>
        ) : null}
      </div>
      <Account identity={identity} onLeave={onLeave} onHelp={onHelp} />
    </nav>
  )
}

function Account({ identity, onLeave, onHelp }: { identity: Identity } & Omit<Props, 'current'>) {
  const isGuest = identity.by === 'name'
  return (
    <div className="account">
      <span className="name" title={isGuest ? 'You joined as a guest' : 'You are signed in with a token'}>
        {isGuest ? identity.name : (identity.name ?? identity.account)}
      </span>
      <button type="button" onClick={onHelp} aria-label="Keyboard shortcuts" title="Keyboard shortcuts (Ctrl /)">
        ?
      </button>
      <ThemeSwitch />
      <button type="button" onClick={onLeave}>
        Leave
      </button>
    </div>
  )
}

function RecentCircle({ name, isCurrent, isTabStop }: { name: string; isCurrent: boolean; isTabStop: boolean }) {
  const { count, mentions } = useUnread(useCircle(name))
  return (
    <li>
      <CircleLink
        name={name}
        count={count}
        mentions={mentions}
        aria-current={isCurrent ? 'page' : undefined}
        tabIndex={isTabStop ? undefined : -1}
      />
      {isCurrent ? null : (
        <button
          type="button"
          className="remove"
          tabIndex={-1}
          aria-label={`Remove ${name} from the list`}
          onClick={() => removeRecentCircle(name)}
        >
          <CloseIcon />
        </button>
      )}
    </li>
  )
}

type CircleLinkProps = Omit<ComponentProps<'a'>, 'href'> & { name: string; count: number; mentions?: number }

function CircleLink({ name, count, mentions = 0, ...rest }: CircleLinkProps) {
  return (
    <NavLink href={channelPath('circle', name)} data-unread={count > 0 || undefined} {...rest}>
      <span className="name">{name}</span>
      {count > 0 ? (
        <span className="count" data-mentions={mentions > 0 || undefined}>
          {count > 99 ? '99+' : count}
          <span className="visually-hidden">{mentions > 0 ? ` unread, ${mentions} mentioning you` : ' unread'}</span>
        </span>
      ) : null}
    </NavLink>
  )
}

/** The circles of the directory, and those that it does not list in which the reader has been and has something to read. */
function withVisited(open: readonly OpenCircle[], unread: UnreadCounts): readonly OpenCircle[] {
  const names = [...unread.keys()].filter(channel => channel.startsWith('circle:')).map(channel => channel.slice(7))
  const others = names.filter(name => !open.some(circle => circle.name === name))
  return [...others.map(name => ({ name, title: name })), ...open]
}

/** Up and down go from circle to circle, left and right to the button of one: the list is one stop for Tab. */
function moveBetweenLinks(event: KeyboardEvent<HTMLElement>): void {
  const step = new Map([
    ['ArrowUp', -1],
    ['ArrowDown', 1],
  ]).get(event.key)
  const isSideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight'
  if (!(event.target instanceof HTMLElement) || (step === undefined && !isSideways)) return
  if (isForInputMethod(event.nativeEvent)) return
  const item = event.target.closest('li')
  const inItem = [...(item?.querySelectorAll<HTMLElement>('a, button') ?? [])]
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a')]
  const at = links.findIndex(link => item?.contains(link))
  const next = step === undefined ? inItem.find(element => element !== event.target) : links[at + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

/** Returns a name like a text that cannot be one, `design-crit` for `Design Crit!`; null if there is none. */
export function similarName(text: string): string | null {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return canonicalName(plain.replace(/[^a-z0-9._]+/g, '-').replace(/^[-._]+|[-._]+$/g, ''))
}
