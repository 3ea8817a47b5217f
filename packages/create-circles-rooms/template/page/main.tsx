import { createClient } from 'circles-rooms/client'
import { CirclesProvider, useConnectionStatus, useMessages } from 'circles-rooms/react'
import { type FormEvent, useMemo, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { protocol } from '../src/protocol.ts'
import { type Identity, loadIdentity, redeemOwnerCode, saveIdentity, takeOwnerCode } from './identity.ts'

const ownerCode = takeOwnerCode()

function App() {
  const [identity, setIdentity] = useState(ownerCode === null ? loadIdentity() : null)
  if (identity === null) return <SignIn onDone={next => setIdentity(saveIdentity(next))} />
  return <SignedIn identity={identity} />
}

function SignIn({ onDone }: { onDone(identity: Identity): void }) {
  const [problem, setProblem] = useState('')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name'))
    try {
      onDone(ownerCode === null ? { name } : await redeemOwnerCode(ownerCode, name))
    } catch (error) {
      setProblem(String(error))
    }
  }
  return (
    <form onSubmit={submit}>
      <input name="name" placeholder="Your name" required maxLength={64} />
      <button type="submit">{ownerCode === null ? 'Join' : 'Sign in as the owner'}</button>
      <p role="alert">{problem}</p>
    </form>
  )
}

function SignedIn({ identity }: { identity: Identity }) {
  const client = useMemo(
    () =>
      createClient<typeof protocol>(
        '/rooms',
        'token' in identity ? { token: () => identity.token, userKey: identity.userKey } : { name: identity.name },
      ),
    [identity],
  )
  const circle = client.circle('team')
  return (
    <CirclesProvider client={client}>
      <Polls circle={circle} />
      <Talk circle={circle} />
    </CirclesProvider>
  )
}

type Circle = ReturnType<ReturnType<typeof createClient<typeof protocol>>['circle']>

function Polls({ circle }: { circle: Circle }) {
  const { entries } = useMessages(circle) // every event that is loaded, also those from before the page was
  const votes = entries.flatMap(({ event }) => (event.type === 'poll_voted' ? event.data.poll : []))
  const polls = entries.flatMap(({ event }) =>
    event.type === 'poll_created'
      ? { seq: event.seq, ...event.data, votes: votes.filter(poll => poll === event.seq).length }
      : [],
  )
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const question = String(new FormData(event.currentTarget).get('question'))
    event.currentTarget.reset()
    void circle.command('create_poll', { question, options: ['Yes', 'No'] })
  }
  return (
    <section>
      {polls.map(poll => (
        <p key={poll.seq}>
          {poll.question} ({poll.votes} votes){' '}
          {poll.options.map((option, index) => (
            <button
              key={option}
              type="button"
              onClick={() => void circle.command('vote', { poll: poll.seq, option: index })}
            >
              {option}
            </button>
          ))}
        </p>
      ))}
      <form onSubmit={ask}>
        <input name="question" placeholder="Ask everybody a question" required maxLength={200} />
        <button type="submit">Ask</button>
      </form>
    </section>
  )
}

function isMessage({ event }: { event: { type: string } }): boolean {
  return event.type === 'message' || event.type === 'agent_message'
}

function Talk({ circle }: { circle: Circle }) {
  const { entries } = useMessages(circle)
  const status = useConnectionStatus(circle)
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void circle.send(String(new FormData(event.currentTarget).get('content')))
    event.currentTarget.reset()
  }
  return (
    <section>
      {entries.filter(isMessage).map(entry => (
        <p key={entry.key}>
          <b>{entry.author?.name}</b> {entry.content}
        </p>
      ))}
      <form onSubmit={send}>
        <input name="content" placeholder="Write a message" required />
        <button type="submit">Send</button>
      </form>
      <small>{status}</small>
    </section>
  )
}

const root = document.getElementById('root')
if (root !== null) createRoot(root).render(<App />)
