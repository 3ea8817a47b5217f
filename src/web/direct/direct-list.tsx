import { useEffect } from 'react'
import { useCircle, useUnread } from '../../client/react.ts'
import type { DirectChat } from '../../protocol/direct.ts'
import { useInbox, useUnreadCounts } from '../inbox/use-inbox.ts'
import { UnreadCount } from '../layout/unread-count.tsx'
import { CloseIcon } from '../lib/icons.tsx'
import { isPrivateChat, nameOf } from '../lib/kinds.ts'
import { useIdentity } from '../nav/identity.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { Avatar } from '../people/avatar.tsx'
import { t } from '../words/words.ts'
import { isAgentChat } from './agent-chat.ts'
import { dropChat, useDirectChats } from './direct-chats.ts'
import { pathOf, refreshChat, refreshChats } from './requests.ts'

/** The reader's private chats, with what is unread in them; nothing as long as there is none. */
export function DirectList({ current }: { current: string }) {
  const identity = useIdentity()
  const chats = useDirectChats()
  useEffect(() => void refreshChats(identity).catch(() => {}), [identity]) // those that are known here are shown
  useUnknownChats()
  if (chats.length === 0) return null
  return (
    <>
      <h2>{t('direct.title')}</h2>
      <ul aria-label={t('direct.title')}>
        {chats.map(chat => (
          <Chat key={chat.channel} chat={chat} isCurrent={chat.channel === current} />
        ))}
      </ul>
    </>
  )
}

/** Asks about private chats in which somebody has written before this page knew of them. */
function useUnknownChats(): void {
  const identity = useIdentity()
  const chats = useDirectChats()
  const channels = [...useInbox().map(({ channel }) => channel), ...useUnreadCounts().keys()]
  const unknown = channels.filter(channel => isPrivateChat(channel) && !chats.some(chat => chat.channel === channel))
  const list = [...new Set(unknown)].toSorted().join('\n')
  useEffect(() => {
    for (const channel of list.split('\n')) if (channel !== '') refreshChat(identity, channel).catch(() => {})
  }, [identity, list])
}

function Chat({ chat: { channel, user }, isCurrent }: { chat: DirectChat; isCurrent: boolean }) {
  const identity = useIdentity()
  const { count } = useUnread(useCircle(nameOf(channel)))
  return (
    <li>
      <NavLink
        href={pathOf(channel)}
        data-unread={count > 0 || undefined}
        aria-current={isCurrent ? 'page' : undefined}
        title={user.id}
      >
        <span className="person">
          <Avatar
            author={{ ...user, id: user.id.replace(/^agent:/, ''), kind: isAgentChat(channel) ? 'agent' : 'person' }}
          />
          <bdi className="name">{user.name}</bdi>
        </span>
        <UnreadCount count={count} mentions={isAgentChat(channel) ? 0 : count} of="direct" />
      </NavLink>
      {isCurrent ? null : (
        <button
          type="button"
          className="remove"
          tabIndex={-1}
          aria-label={t('sidebar.remove', { name: user.name })}
          onClick={() => dropChat(identity, channel)}
        >
          <CloseIcon />
        </button>
      )}
    </li>
  )
}
