import type { Channel } from '../client/client.ts'
import { useAgents, usePresence, useTurns } from '../client/react.ts'
import { Avatar } from './avatar.tsx'

/** Who is here: people, and the agents that can be asked. */
export function People({ channel }: { channel: Channel }) {
  const { members, count } = usePresence(channel)
  const agents = useAgents(channel)
  const turns = useTurns(channel)
  return (
    <aside className="people" aria-label="Who is here">
      <h2>
        Here <span className="count">{count}</span>
      </h2>
      {members.length === 0 && count > 0 ? <p className="soft">So many that names are left out.</p> : null}
      <ul>
        {members.map(({ id, name, role }) => (
          <li key={id}>
            <Avatar author={{ id, name, kind: 'person' }} />
            <span className="name">{name}</span>
            {role === 'member' ? null : <span className="soft">{role}</span>}
          </li>
        ))}
      </ul>
      {agents.length > 0 ? <h2>Agents</h2> : null}
      <ul>
        {agents.map(({ id, name, description, joined }) => {
          const turn = turns.find(({ agent_id }) => agent_id === id)
          return (
            <li key={id} title={description}>
              <Avatar author={{ id, name, kind: 'agent' }} />
              <span className="name">{name}</span>
              <span className="soft">
                {turn === undefined ? (joined ? 'answers here' : `@${id}`) : working(turn.state)}
              </span>
            </li>
          )
        })}
      </ul>
    </aside>
  )
}

const working = (state: string): string => (state === 'queued' ? 'waits' : state === 'tool' ? 'at work' : 'thinks')
