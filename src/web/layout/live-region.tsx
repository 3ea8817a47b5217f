import { useEffect, useState } from 'react'
import type { Channel } from '../../client/client.ts'

const longest = 300 // characters: who wants the rest can read it

/** Tells a screen reader of new lines, once each, when whatever it says is done. Answers are told whole. */
export function LiveRegion({ channel }: { channel: Channel }) {
  const [words, setWords] = useState('')
  useEffect(() => {
    const stops = [
      channel.on('message', ({ data }) => {
        if (data.user_id !== channel.state.self?.id) setWords(`${data.user_name}: ${data.content.slice(0, longest)}`)
      }),
      channel.on('agent_message', ({ data }) => setWords(`${data.agent_name}: ${data.content.slice(0, longest)}`)),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [channel])
  return (
    <p className="hidden" aria-live="polite">
      {words}
    </p>
  )
}
