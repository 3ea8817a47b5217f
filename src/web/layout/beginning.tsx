import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { useDirectChat } from '../direct/direct-chats.ts'
import { isPrivateChat, kindOf, nameOf } from '../lib/kinds.ts'
import { TakeOver } from '../people/take-over.tsx'
import { useChat } from '../ui/chat.tsx'
import { rich, t } from '../words/words.ts'

/** Stands above the first message of a channel: what it is, what can be done first, and how others come here. */
export function Beginning({ channel }: { channel: Channel }) {
  const agent = useChannel(channel, state => state.circle?.default_agent)
  const isPrivate = useChannel(channel, state => state.circle?.visibility === 'private')
  const chat = useDirectChat(channel.name)
  if (isPrivateChat(channel.name)) {
    const name = <bdi>{chat?.user.name ?? t('conversation.theOther')}</bdi>
    return (
      <section className="beginning">
        <p className="beginning-name">{name}</p>
        <p>{rich('conversation.privateBeginning', { name })}</p>
      </section>
    )
  }
  if (!kindOf(channel.name).isConversation) return <p className="event">{t('conversation.noEvents')}</p>
  return (
    <section className="beginning">
      <p className="beginning-name">
        <bdi>{nameOf(channel.name)}</bdi>
      </p>
      <p>
        {t('conversation.beginning')}{' '}
        {agent ? <b>{t('conversation.agent', { agent })}</b> : t('conversation.mentionAgent')}{' '}
        {isPrivate ? t('conversation.invitePrivate') : t('conversation.invite')} <TakeOver channel={channel} />
      </p>
      <FirstSteps channel={channel} />
    </section>
  )
}

/** In an empty circle: puts a first message or command into the composer, where the reader sees what it is. */
function FirstSteps({ channel }: { channel: Channel }) {
  const { write } = useChat().state
  const mayWrite = useChannel(channel, ({ self, circle }) => self?.role !== 'reader' && circle?.status !== 'archived')
  const isEmpty = useChannel(channel, ({ entries }) => entries.every(({ author }) => author === null))
  const agent = useChannel(channel, ({ circle, agents }) => circle?.default_agent ?? agents[0]?.id)
  if (!mayWrite || !isEmpty) return null
  return (
    <p className="choices">
      {agent === undefined ? null : (
        <button type="button" className="outline" onClick={() => write(`@${agent} ${t('first.question')}`, null)}>
          {t('first.ask', { agent })}
        </button>
      )}
      <button type="button" className="outline" onClick={() => write('/invite', null)}>
        {t('first.invite')}
      </button>
      <button type="button" className="outline" onClick={() => write('/notes', null)}>
        {t('first.notes')}
      </button>
    </p>
  )
}
