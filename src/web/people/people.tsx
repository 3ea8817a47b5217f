import { lazy, Suspense } from 'react'
import type { Channel } from '../../client/client.ts'
import { useAgents, usePresence, useTurns } from '../../client/react.ts'
import { useOpenApprovals } from '../conversation/events/open-approvals.tsx'
import { NavLink } from '../nav/nav-link.tsx'
import { channelPath, kindOf } from '../nav/route.ts'
import { Avatar } from './avatar.tsx'
import { DistinctName } from './distinct-name.tsx'

const GitStatus = lazy(() => import('../panels/git-status.tsx').then(({ GitStatus }) => ({ default: GitStatus })))

/** The people who are present and the agents that can be mentioned; for a workspace also its Git status. */
export function People({ channel }: { channel: Channel }) {
  const { members, count } = usePresence(channel)
  return (
    <aside className="panel people" aria-label="Who is here">
      <div className="panel-scroll">
        <Suspense>{kindOf(channel.name).hasFiles ? <GitStatus channel={channel} /> : null}</Suspense>
        <h2>
          Here <span className="count">{count}</span>
        </h2>
        {members.length === 0 && count > 0 ? <p className="soft">Names are not shown for this many people.</p> : null}
        <ul>
          {members.map(({ id, name, role, state }) => (
            <li key={id} title={id}>
              <Avatar author={{ id, name, kind: 'person' }} />
              <DistinctName author={{ id, name, kind: 'person' }} />
              {role === 'member' ? null : <span className="soft">{role}</span>}
              <Status text={state?.status} />
            </li>
          ))}
        </ul>
        <Agents channel={channel} />
      </div>
    </aside>
  )
}

const maxStatus = 80 // characters

/** What a person says they are doing, in quotation marks: it is their own text, and could be the name of a role. */
function Status({ text }: { text: unknown }) {
  if (typeof text !== 'string' || text.trim() === '') return null
  const short = [...text].slice(0, maxStatus).join('').trim()
  return (
    <q className="status">
      <bdi>{short.length < text.trim().length ? `${short}…` : short}</bdi>
    </q>
  )
}

function Agents({ channel }: { channel: Channel }) {
  const agents = useAgents(channel)
  const turns = useTurns(channel)
  const waiting = new Set(useOpenApprovals(channel).map(({ request }) => request.agent_id))
  if (agents.length === 0) return null
  return (
    <>
      <h2>Agents</h2>
      <ul>
        {agents.map(({ id, name, description, joined }) => {
          const turn = turns.find(({ agent_id }) => agent_id === id)
          return (
            <li key={id} title={description}>
              <Avatar author={{ id, name, kind: 'agent' }} />
              <NavLink className="name" href={channelPath('agent', id)}>
                {name}
              </NavLink>
              <span className="soft">
                {turn !== undefined
                  ? stateText(turn.state)
                  : waiting.has(id)
                    ? 'waiting for approval'
                    : joined
                      ? 'answers here'
                      : `@${id}`}
              </span>
            </li>
          )
        })}
      </ul>
    </>
  )
}

const stateText = (state: string): string =>
  state === 'queued' ? 'waiting' : state === 'tool' ? 'using a tool' : 'thinking'
