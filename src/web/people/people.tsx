import type { ReactNode } from 'react'
import type { Channel } from '../../client/client.ts'
import { useAgents, useChannel, usePresence, useTurns } from '../../client/react.ts'
import { useOpenApprovals } from '../conversation/events/open-approvals.tsx'
import { useChat } from '../ui/chat.tsx'
import { useHost } from '../ui/host.ts'
import { number } from '../words/format.ts'
import { roleText } from '../words/role-text.ts'
import { t } from '../words/words.ts'
import { Avatar } from './avatar.tsx'
import { DistinctName, useDistinctText } from './distinct-name.tsx'

/** The people who are present and the agents that can be mentioned, below what else there is to say about the channel. */
export function People({ children }: { children?: ReactNode }): ReactNode {
  const { channel } = useChat()
  const { Author, PersonActions } = useHost()
  const { members, count } = usePresence(channel)
  const self = useChannel(channel, state => state.self?.id)
  const nameOf = useDistinctText()
  return (
    <aside className="panel people" aria-label={t('people.label')}>
      <div className="panel-scroll">
        {children}
        {count === 0 ? null : (
          <h2>
            {t('people.here')} <span className="count">{number(count)}</span>
          </h2>
        )}
        {members.length === 0 && count > 0 ? <p className="soft">{t('people.many')}</p> : null}
        <ul>
          {members.map(({ id, name, role, state }) => (
            <li key={id} title={id}>
              <Author author={{ id, name, kind: 'person' }} channel={channel}>
                <Avatar author={{ id, name, kind: 'person' }} />
                <DistinctName author={{ id, name, kind: 'person' }} />
              </Author>
              {role === 'member' ? null : <span className="soft">{roleText(role)}</span>}
              <Status text={state?.status} />
              {id === self ? null : (
                <PersonActions channel={channel} user={id} name={nameOf({ id, name, kind: 'person' })} />
              )}
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
  const { PersonActions } = useHost()
  const agents = useAgents(channel)
  const turns = useTurns(channel)
  const waiting = new Set(useOpenApprovals(channel).map(({ request }) => request.agent_id))
  if (agents.length === 0) return null
  return (
    <>
      <h2>{t('people.agents')}</h2>
      <ul>
        {agents.map(({ id, name, description, joined }) => {
          const turn = turns.find(({ agent_id }) => agent_id === id)
          return (
            <li key={id} title={description}>
              <Avatar author={{ id, name, kind: 'agent' }} />
              <AgentName id={id} name={name} />
              <span className="soft">
                {turn !== undefined ? (
                  stateText(turn.state)
                ) : waiting.has(id) ? (
                  t('people.waiting')
                ) : joined ? (
                  t('people.answers')
                ) : (
                  <bdi>@{id}</bdi>
                )}
              </span>
              <PersonActions channel={channel} user={`agent:${id}`} name={name} />
            </li>
          )
        })}
      </ul>
    </>
  )
}

/** The name of an agent, which leads to what it does. */
function AgentName({ id, name }: { id: string; name: string }) {
  const { paths, Link } = useHost()
  const href = paths.channel?.(`agent:${id}`) ?? null
  if (href === null) return <bdi className="name">{name}</bdi>
  return (
    <Link className="name" href={href}>
      {name}
    </Link>
  )
}

const stateText = (state: string): string =>
  state === 'queued' ? t('turn.queued') : state === 'tool' ? t('turn.usingTool') : t('turn.thinking')
