import { createClient } from 'circles-rooms/client'
import { useChannel, useCircle, useTurns } from 'circles-rooms/react'
import {
  ApprovalCard,
  ChatProvider,
  Composer,
  MessageList,
  People,
  Thread,
  TurnCard,
  Typing,
  UiProvider,
} from 'circles-rooms/ui'
import { createRoot } from 'react-dom/client'
import 'circles-rooms/ui/styles.css'
import './chat.css'

// `/?circle=desk&name=Ada`: without a name, a guest is given one.
const query = new URLSearchParams(location.search)
const name = query.get('name')
const client = createClient(location.origin, name === null ? {} : { name })

function Chat({ name }: { name: string }) {
  const circle = useCircle(name)
  const turns = useTurns(circle)
  const waiting = useChannel(circle, state => state.entries).filter(
    ({ event, decision }) => event.type === 'approval_requested' && decision === null,
  )
  return (
    <ChatProvider channel={circle}>
      <main>
        <h1>{name}</h1>
        <MessageList />
        <Typing />
        <Composer />
      </main>
      <aside className="now" aria-label="What agents do">
        <h2>Now</h2>
        {turns.map(turn => (
          <TurnCard key={turn.turn} turn={turn} />
        ))}
        {waiting.map(entry => (
          <ApprovalCard key={entry.key} entry={entry} />
        ))}
        <People />
      </aside>
      <Thread />
    </ChatProvider>
  )
}

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <UiProvider client={client}>
      <Chat name={query.get('circle') ?? 'newsroom'} />
    </UiProvider>,
  )
}
