import { useState } from 'react'
import { useCircle, useMessages, usePresence } from '../../../src/client/react.ts'

export function Chat() {
  const circle = useCircle('strict')
  const { entries } = useMessages(circle)
  const { members } = usePresence(circle)
  const [draft, setDraft] = useState('')
  return (
    <form action={() => void circle.send(draft)}>
      <h1>The first version</h1>
      <p>{members.map(({ name, sessions }) => `${name} ×${sessions}`).join(', ')}</p>
      <input value={draft} onChange={event => setDraft(event.target.value)} />
      <ul>
        {entries.map(({ key, content }) => (
          <li key={key}>{content}</li>
        ))}
      </ul>
    </form>
  )
}
