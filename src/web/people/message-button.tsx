import { useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { MessageIcon } from '../lib/icons.tsx'
import { isPrivateChat, kindOf, nameOf } from '../lib/kinds.ts'
import { useIdentity } from '../nav/identity.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'

type Props = { channel: Channel; user: string; name: string; withText?: boolean }

/** Begins a private chat with somebody of a circle, or with an agent; nothing in a private chat. */
export function MessageButton({ channel, user, name, withText = false }: Props) {
  const identity = useIdentity()
  const [problem, setProblem] = useState<string | null>(null)
  if (isPrivateChat(channel.name)) return null
  if (!user.startsWith('agent:') && !kindOf(channel.name).isConversation) return null
  const begin = async (): Promise<void> => {
    try {
      const { beginChat } = await import('../direct/requests.ts')
      const chat = await beginChat(identity, { user, circle: nameOf(channel.name) })
      channel.signal('direct', { channel: chat.channel }, user) // guests have no inbox that would tell them
    } catch (error) {
      setProblem(problemText(error, t('people.noChat')))
    }
  }
  return (
    <>
      <button
        type="button"
        className={withText ? 'outline' : 'message-person'}
        aria-label={t('header.messageName', { name })}
        title={t('header.message')}
        onClick={begin}
      >
        {withText ? t('header.message') : <MessageIcon />}
      </button>
      {problem === null ? null : (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  )
}
