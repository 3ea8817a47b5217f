import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { useDirectChat } from '../direct/direct-chats.ts'
import { isPrivateChat, kindOf } from '../lib/kinds.ts'
import { TakeOver } from '../people/take-over.tsx'
import { rich, t } from '../words/words.ts'

/** Stands above the first message of a channel: what it is, and how others come here. */
export function Beginning({ channel }: { channel: Channel }) {
  const agent = useChannel(channel, state => state.circle?.default_agent)
  const isPrivate = useChannel(channel, state => state.circle?.visibility === 'private')
  const chat = useDirectChat(channel.name)
  if (isPrivateChat(channel.name)) {
    const name = <bdi>{chat?.user.name ?? t('conversation.theOther')}</bdi>
    return <p className="event">{rich('conversation.privateBeginning', { name })}</p>
  }
  if (!kindOf(channel.name).isConversation) return <p className="event">{t('conversation.noEvents')}</p>
  return (
    <p className="event">
      {t('conversation.beginning')}{' '}
      {agent ? <b>{t('conversation.agent', { agent })}</b> : t('conversation.mentionAgent')}{' '}
      {isPrivate ? t('conversation.invitePrivate') : t('conversation.invite')} <TakeOver channel={channel} />
    </p>
  )
}
