import { useEffect, useState } from 'react'
import type { Channel } from '../../client/client.ts'

const maxLength = 300 // characters: the rest can be read in the conversation

/** Announces new messages to screen readers without interrupting; an agent's reply once it is complete. */
export function LiveRegion({ channel }: { channel: Channel }) {
  const [text, setText] = useState('')
  useEffect(() => {
    const unsubscribers = [
      channel.on('message', ({ data }) => {
        if (data.user_id !== channel.state.self?.id) setText(`${data.user_name}: ${data.content.slice(0, maxLength)}`)
      }),
      channel.on('agent_message', ({ data }) => setText(`${data.agent_name}: ${data.content.slice(0, maxLength)}`)),
    ]
    return () => {
      for (const unsubscribe of unsubscribers) unsubscribe()
    }
  }, [channel])
  return (
    <p className="visually-hidden" aria-live="polite">
      {text}
    </p>
  )
}
