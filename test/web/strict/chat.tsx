import { useState } from 'react'
import { useCircle, useMessages, usePresence } from '../../../src/client/react.ts'

/** A chat with one circle and nothing else. */
export function Chat() {
  const circle = useCircle('strict')
  const { entries } = useMessages(circle)
  const { members } = usePresence(circle)
  const [text, setText] = useState('')
  return (
    <form action={() => void circle.send(text)}>
      <h1>The first version</h1>
      <p>{members.map(({ name, sessions }) => `${name} ×${sessions}`).join(', ')}</p>
      <input value={text} onChange={event => setText(event.target.value)} />
      <ul>
        {entries.map(({ key, content }) => (
          <li key={key}>{content}</li>
        ))}
      </ul>
    </form>
  )
}
