import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import { useAgents, useChannel, usePresence } from '../../client/react.ts'
import { kindOf } from '../lib/kinds.ts'
import { isForInputMethod } from '../lib/use-keys.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { channelPath } from '../nav/route.ts'
import { useChat } from '../ui/chat.tsx'
import { roleText } from '../words/role-text.ts'
import { t } from '../words/words.ts'
import { Avatar } from './avatar.tsx'
import { localTime } from './local-time.ts'
import { MessageButton } from './message-button.tsx'

type Props = { author: Author; channel: Channel; anchor: HTMLElement; onClose(): void }

const gap = 8 // px to the window and to the name

/** Shows who somebody is, beside their name, with what can be done: write to them, mention them, see what an agent does. */
export function Profile({ author, channel, anchor, onClose }: Props) {
  const { id, name, kind } = author
  const box = usePopover(anchor, onClose)
  const { state } = useChat()
  const self = useChannel(channel, ({ self }) => self)
  const mention = (): void => {
    box.current?.hidePopover()
    state.write(`@${name} `, state.thread)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !isForInputMethod(event.nativeEvent)) event.stopPropagation() // it closes this, not a panel behind it
  }
  return (
    <div ref={box} popover="auto" className="profile" role="dialog" aria-label={name} onKeyDown={onKeyDown}>
      <header>
        <Avatar author={author} />
        <p>
          <bdi className="name">{name}</bdi>
          <bdi className="soft">{kind === 'agent' ? `@${id}` : id}</bdi>
        </p>
      </header>
      <About author={author} channel={channel} />
      {id === self?.id ? null : (
        <p className="choices">
          <MessageButton channel={channel} user={kind === 'agent' ? `agent:${id}` : id} name={name} withText />
          {self?.role === 'reader' || !kindOf(channel.name).isConversation ? null : (
            <button type="button" className="outline" onClick={mention}>
              {t('profile.mention')}
            </button>
          )}
          {kind === 'agent' ? <NavLink href={channelPath('agent', id)}>{t('profile.activity')}</NavLink> : null}
        </p>
      )}
    </div>
  )
}

/** What an agent is for, or what a person may do here and what time it is where they are. */
function About({ author: { id, kind }, channel }: Pick<Props, 'author' | 'channel'>) {
  const { members } = usePresence(channel)
  const agents = useAgents(channel)
  if (kind === 'agent') {
    const description = agents.find(agent => agent.id === id)?.description ?? ''
    return description === '' ? null : <p dir="auto">{description}</p>
  }
  const member = members.find(member => member.id === id)
  const time = localTime(member?.state?.time_zone, Date.now())
  return (
    <>
      <p className="soft">{member === undefined ? t('profile.absent') : roleText(member.role)}</p>
      {time === null ? null : <p className="soft">{t('profile.localTime', { time })}</p>}
    </>
  )
}

/** Opens a popover beside an element and puts the focus into it; the browser closes it at Escape, and at a press elsewhere. */
function usePopover(anchor: HTMLElement, onClose: () => void) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { current } = box
    if (current === null) return
    current.showPopover()
    const { left, right, bottom, top } = anchor.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = current
    const isRightToLeft = getComputedStyle(anchor).direction === 'rtl'
    const x = isRightToLeft ? right - width : left
    const y = bottom + gap + height > innerHeight ? top - gap - height : bottom + gap
    current.style.left = `${Math.max(gap, Math.min(x, innerWidth - width - gap))}px`
    current.style.top = `${Math.max(gap, Math.min(y, innerHeight - height - gap))}px`
    current.querySelector<HTMLElement>('button, a')?.focus()
  }, [anchor])
  useEffect(() => {
    const { current } = box
    const onToggle = (event: Event): void => {
      if (event instanceof ToggleEvent && event.newState === 'closed') onClose()
    }
    current?.addEventListener('toggle', onToggle)
    return () => current?.removeEventListener('toggle', onToggle)
  }, [onClose])
  return box
}
