import { useEffect, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { sentence } from '../lib/sentence.ts'
import { useDistinctText } from '../people/distinct-name.tsx'
import { t } from '../words/words.ts'

const maxLength = 300 // characters: the rest can be read in the conversation

/** Announces new messages, requests for approval and failures to screen readers; an agent's reply once it is complete. */
export function LiveRegion({ channel }: { channel: Channel }) {
  const [text, setText] = useState('')
  const nameOf = useDistinctText()
  useEffect(() => {
    const unsubscribers = [
      channel.on('message', ({ data }) => {
        const { user_id: id, user_name: name, content } = data
        if (id === channel.state.self?.id) return
        setText(`${nameOf({ id, name, kind: 'person' })}: ${content.slice(0, maxLength)}`)
      }),
      channel.on('approval_requested', ({ data }) =>
        setText(t('message.asksForApproval', { agent: data.agent_id, text: data.description.slice(0, maxLength) })),
      ),
      channel.on('turn_failed', ({ data }) =>
        setText(t('message.didNotAnswer', { agent: data.agent_id, reason: sentence(data.message) })),
      ),
      channel.on('agent_message', ({ data }) => setText(`${data.agent_name}: ${data.content.slice(0, maxLength)}`)),
    ]
    return () => {
      for (const unsubscribe of unsubscribers) unsubscribe()
    }
  }, [channel, nameOf])
  return (
    <p className="visually-hidden" aria-live="polite">
      {text}
    </p>
  )
}
