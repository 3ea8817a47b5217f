import { useState } from 'react'
import { createRoot } from 'react-dom/client'
import { AgentListener } from './agent-listener.ts'
import { greet } from './snippet.ts'
import { useSocket } from './use-socket.ts'

// One page with all three, each with its own list. The server's address is in the fragment.
const server = location.hash.slice(1)

function list(id: string): (text: string) => void {
  const element = document.body.appendChild(document.createElement('ul'))
  element.id = id
  return text => {
    element.appendChild(document.createElement('li')).textContent = text
  }
}

greet(`${server}/ws/circles/snippet`, list('snippet'))

const show = list('listener')
const listener = new AgentListener(`${server}/ws/circles/listener`)
listener.onAgentMessage = ({ agent_id, content }) => show(`${agent_id}: ${content}`)
listener.onOpen = () => listener.send({ type: 'message', content: '@pickle hello' })
listener.connect()

function Circle() {
  const { frames, open, send } = useSocket(`${server}/ws/circles/hook`)
  const [draft, setDraft] = useState('')
  return (
    <form action={() => send({ type: 'user_message', content: draft })}>
      <p id="status">{open ? 'Connected' : 'Disconnected'}</p>
      <input value={draft} onChange={event => setDraft(event.target.value)} />
      {frames.map(frame => (
        <div key={JSON.stringify(frame)}>{frame.data.content}</div>
      ))}
    </form>
  )
}
createRoot(document.body.appendChild(document.createElement('section'))).render(<Circle />)
