import { type ComponentProps, type KeyboardEvent, Suspense, useState } from 'react'
import { useChannel, useCircle, useUnread } from '../../client/react.ts'
import { useDirectChats } from '../direct/direct-chats.ts'
import { useInvited } from '../direct/use-invited.ts'
import { useInbox, useUnreadCounts } from '../inbox/use-inbox.ts'
import type { UnreadCounts } from '../inbox/watch-unread.ts'
import { CloseIcon, HashIcon, LeaveIcon, LockIcon } from '../lib/icons.tsx'
import { isPrivateChat } from '../lib/kinds.ts'
import { isForInputMethod } from '../lib/use-keys.ts'
import { type Identity, useIdentity } from '../nav/identity.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { removeRecentCircle, useRecentCircles } from '../nav/recent-circles.ts'
import { channelPath, isConversation, navigate, parseDestination, type Route, similarName } from '../nav/route.ts'
import { type OpenCircle, useOpenCircles } from '../nav/use-open-circles.ts'
import { Avatar } from '../people/avatar.tsx'
import { part } from '../words/part.ts'
import { rich, t } from '../words/words.ts'
import { createCircle } from './join.tsx'
import { loadOnDemand } from './load-on-demand.ts'
import { ThemeSwitch } from './theme.tsx'
import { UnreadCount } from './unread-count.tsx'

const Inbox = part(loadOnDemand, 'Inbox')

const DirectList = part(loadOnDemand, 'DirectList')

type Props = { current: NonNullable<Route>; onLeave(): void; onHelp(): void }

/** The left column: the reader's recent circles, the server's open circles, and a field to go to any channel. */
export function Sidebar({ current, onLeave, onHelp }: Props) {
  const names = useRecentCircles()
  const inbox = useInbox()
  const identity = useIdentity()
  const [text, setText] = useState('')
  const unread = useUnreadCounts()
  const hasChats = useDirectChats().length > 0 || identity.by === 'token' // the server knows those of an account
  const others = withVisited(useOpenCircles(), unread).filter(({ name }) => !names.includes(name))
  const matches = ({ name }: { name: string }): boolean => name.includes(text.trim().toLowerCase())
  const destination = parseDestination(text)
  const suggestion = destination === null ? similarName(text) : null
  const shown = names.filter(name => matches({ name }))
  const currentName = isConversation(current.kind) ? current.name : ''
  const take = (name: string): void => {
    setText(name)
    document.getElementById('jump')?.focus() // Enter, which goes there, is also on a phone's keyboard
  }
  const go = async (): Promise<void> => {
    if (destination === null) {
      if (suggestion !== null) take(suggestion)
      return
    }
    const { kind, name } = destination
    setText('')
    if (isConversation(kind) && !names.includes(name)) await createCircle(identity, name)
    navigate(channelPath(kind, name))
  }
  return (
    <nav className="sidebar" aria-label={t('sidebar.circles')}>
      <form action={go} className="jump">
        <input
          id="jump"
          aria-label={t('sidebar.jumpLabel')}
          placeholder={t('sidebar.jump')}
          title={t('sidebar.jumpKey')}
          value={text}
          onChange={event => setText(event.target.value)}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
        />
      </form>
      <div className="circle-list">
        <Suspense>{inbox.length === 0 ? null : <Inbox />}</Suspense>
        {shown.length === 0 ? null : <h2>{t('sidebar.yours')}</h2>}
        <ul aria-label={t('sidebar.yours')} onKeyDown={moveBetweenLinks}>
          {shown.map((name, index) => (
            <RecentCircle
              key={name}
              name={name}
              isCurrent={name === currentName}
              isTabStop={shown.includes(currentName) ? name === currentName : index === 0}
            />
          ))}
        </ul>
        <Suspense>{hasChats ? <DirectList current={`${current.kind}:${current.name}`} /> : null}</Suspense>
        {others.some(matches) ? <h2>{t('sidebar.others')}</h2> : null}
        <ul aria-label={t('sidebar.others')}>
          {others.filter(matches).map(({ name, title }) => (
            <li key={name}>
              <CircleLink name={name} title={title} count={unread.get(`circle:${name}`) ?? 0} />
            </li>
          ))}
        </ul>
        {suggestion === null ? null : (
          <p className="soft" role="status">
            {t('sidebar.nameRule')}{' '}
            <button type="button" className="link" onClick={() => take(suggestion)}>
              {t('sidebar.useName', { name: suggestion })}
            </button>
          </p>
        )}
        {destination !== null && !names.includes(destination.name) ? (
          <p className="soft">{rich('sidebar.enter', { name: <GoLink name={destination.name} onGo={go} /> })}</p>
        ) : null}
      </div>
      <Account identity={identity} onLeave={onLeave} onHelp={onHelp} />
    </nav>
  )
}

/** The name of a circle that can be gone to, for those who have no key to press. */
function GoLink({ name, onGo }: { name: string; onGo(): Promise<void> }) {
  return (
    <button type="button" className="link" onClick={() => void onGo()}>
      {name}
    </button>
  )
}

function Account({ identity, onLeave, onHelp }: { identity: Identity } & Omit<Props, 'current'>) {
  const isGuest = identity.by === 'name'
  const name = isGuest ? identity.name : (identity.name ?? identity.account)
  const [isLeaving, setLeaving] = useState(false) // and has still to confirm it
  return (
    <div className="account">
      <Avatar author={{ id: isGuest ? `guest:${identity.name}` : identity.account, name, kind: 'person' }} />
      <bdi className="name" title={isGuest ? t('sidebar.guest') : t('sidebar.account')}>
        {name}
      </bdi>
      <button type="button" onClick={onHelp} aria-label={t('sidebar.shortcuts')} title={t('sidebar.shortcutsKey')}>
        ?
      </button>
      <ThemeSwitch />
      <button
        type="button"
        className={isLeaving ? 'confirm' : undefined}
        onClick={() => (isLeaving ? onLeave() : setLeaving(true))}
        onBlur={() => setLeaving(false)}
        aria-label={isLeaving ? undefined : t('sidebar.leave')}
        title={t('sidebar.leaveNote')}
      >
        {isLeaving ? t('sidebar.leaveNow') : <LeaveIcon />}
      </button>
    </div>
  )
}

function RecentCircle({ name, isCurrent, isTabStop }: { name: string; isCurrent: boolean; isTabStop: boolean }) {
  const circle = useCircle(name)
  const { count, mentions } = useUnread(circle)
  useInvited(circle)
  const isPrivate = useChannel(circle, state => state.circle?.visibility === 'private')
  return (
    <li>
      <CircleLink
        name={name}
        count={count}
        mentions={mentions}
        isPrivate={isPrivate}
        aria-current={isCurrent ? 'page' : undefined}
        tabIndex={isTabStop ? undefined : -1}
      />
      {isCurrent ? null : (
        <button
          type="button"
          className="remove"
          tabIndex={-1}
          aria-label={t('sidebar.remove', { name })}
          onClick={() => removeRecentCircle(name)}
        >
          <CloseIcon />
        </button>
      )}
    </li>
  )
}

type CircleLinkProps = Omit<ComponentProps<'a'>, 'href'> & {
  name: string
  count: number
  mentions?: number
  isPrivate?: boolean
}

function CircleLink({ name, count, mentions = 0, isPrivate = false, ...rest }: CircleLinkProps) {
  return (
    <NavLink href={channelPath('circle', name)} data-unread={count > 0 || undefined} {...rest}>
      {isPrivate ? <LockIcon /> : <HashIcon />}
      <bdi className="name">{name}</bdi>
      <UnreadCount count={count} mentions={mentions} />
    </NavLink>
  )
}

/** The circles of the directory, and those that it does not list in which the reader has been and has something to read. */
function withVisited(open: readonly OpenCircle[], unread: UnreadCounts): readonly OpenCircle[] {
  const isCircle = (channel: string): boolean => channel.startsWith('circle:') && !isPrivateChat(channel)
  const names = [...unread.keys()].filter(isCircle).map(channel => channel.slice(7))
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
