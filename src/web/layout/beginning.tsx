import { useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { useDirectChat } from '../direct/direct-chats.ts'
import { isPrivateChat, kindOf, nameOf } from '../lib/kinds.ts'
import { TakeOver } from '../people/take-over.tsx'
import { useChat, useCommands } from '../ui/chat.tsx'
import { problemText } from '../words/problem-text.ts'
import { rich, t } from '../words/words.ts'

/** Stands above the first message of a channel: what it is, what can be done first, and how others come here. */
export function Beginning({ channel }: { channel: Channel }) {
  const agent = useChannel(channel, state => state.circle?.default_agent)
  const isPrivate = useChannel(channel, state => state.circle?.visibility === 'private')
  const mayInvite = useMayInvite(channel)
  const mayWrite = useMayWrite(channel)
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
        {!mayWrite ? null : agent ? <b>{t('conversation.agent', { agent })}</b> : t('conversation.mentionAgent')}{' '}
        {isPrivate ? t('conversation.membersOnly') : null}{' '}
        {mayInvite ? t(isPrivate ? 'conversation.invitePrivate' : 'conversation.invite') : null}{' '}
        <TakeOver channel={channel} />
      </p>
      <FirstSteps channel={channel} />
    </section>
  )
}

/** Returns whether the reader can bring others in: into a private circle a moderator or an owner can. */
const useMayInvite = (channel: Channel): boolean =>
  useChannel(channel, ({ self, circle }) => circle?.visibility !== 'private' || inviters.has(self?.role ?? ''))

/** Returns whether a message of the reader would be taken now. */
const useMayWrite = (channel: Channel): boolean =>
  useChannel(channel, ({ self, circle }) => self?.role !== 'reader' && circle?.status !== 'archived')

const inviters: ReadonlySet<string> = new Set(['moderator', 'owner']) // the roles' own order is a schema, too large to load

/** In an empty circle: puts a first message or command into the composer, where the reader sees what it is. */
function FirstSteps({ channel }: { channel: Channel }) {
  const { write } = useChat().state
  const mayWrite = useMayWrite(channel)
  const isEmpty = useChannel(channel, ({ entries }) => entries.every(({ author }) => author === null))
  const agent = useChannel(channel, ({ circle, agents }) => circle?.default_agent ?? agents[0]?.id)
  const mayInvite = useMayInvite(channel)
  const [invited, setInvited] = useState<string | null>(null)
  const commands = useCommands()
  const invite = async (): Promise<void> => {
    try {
      setInvited((await (await commands.load()).run('/invite')) ?? null)
    } catch (error) {
      setInvited(problemText(error))
    }
  }
  if (!mayWrite || !isEmpty) return null
  return (
    <>
      <p className="choices">
        {agent === undefined ? null : (
          <button type="button" className="outline" onClick={() => write(`@${agent} ${t('first.question')}`, null)}>
            {t('first.ask', { agent })}
          </button>
        )}
        {mayInvite ? (
          <button type="button" className="outline" onClick={() => void invite()}>
            {t('first.invite')}
          </button>
        ) : null}
        <button type="button" className="outline" onClick={() => write('/notes', null)}>
          {t('first.notes')}
        </button>
      </p>
      <p className="notice" role="status">
        {invited}
      </p>
    </>
  )
}
