import { useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useIdentity } from '../nav/identity.ts'
import { Avatar } from '../people/avatar.tsx'
import { t } from '../words/words.ts'
import { isAgentChat } from './agent-chat.ts'
import { useDirectChat } from './direct-chats.ts'
import { refreshChat } from './requests.ts'

/** Who the other one of a private chat is, as the server says. */
export function PrivateTitle({ channel }: { channel: Channel }) {
  const identity = useIdentity()
  const chat = useDirectChat(channel.name)
  useEffect(() => void refreshChat(identity, channel.name).catch(() => {}), [identity, channel]) // what is known here is shown
  const kind = isAgentChat(channel.name) ? 'agent' : 'person'
  return (
    <>
      {chat === null ? null : (
        <Avatar author={{ id: chat.user.id.replace(/^agent:/, ''), name: chat.user.name, kind }} />
      )}
      <h1 title={chat?.user.id}>
        <bdi>{chat?.user.name ?? t('header.private')}</bdi>
      </h1>
      <p className="title">{chat === null ? '' : t('direct.subtitle')}</p>
    </>
  )
}
