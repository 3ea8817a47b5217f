import { useState } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { useAgents, useChannel } from '../../../client/react.ts'
import { exactJson } from '../../../protocol/exact-json.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { sentence } from '../../lib/sentence.ts'
import { Avatar } from '../../people/avatar.tsx'
import { ImportedMark } from '../imported-mark.tsx'

type Request = FrameOf<'approval_requested'>['data']
type Props = { entry: Entry; request: Request; channel: Channel }

const roles = ['reader', 'member', 'moderator', 'owner'] // weakest first; importing protocol/roles.ts would load zod

/** An agent's request for approval with its data, buttons for those who may decide, and the decision once there is one. */
export function Approval({ entry, request, channel }: Props) {
  const name = useAgents(channel).find(({ id }) => id === request.agent_id)?.name ?? request.agent_id
  return (
    <section className="approval message" aria-label={`@${request.agent_id} asks for approval`}>
      <header>
        <Avatar author={{ id: request.agent_id, name, kind: 'agent' }} />
        <bdi className="name">{name}</bdi>
        <span className="badge">agent</span>
        <span className="soft">asks for approval</span>
        <ImportedMark event={entry.event} />
        <time dateTime={new Date(entry.at).toISOString()} title={exactTime(entry.at)}>
          {clockTime(entry.at)}
        </time>
      </header>
      <div className="card" data-open={entry.decision === null || undefined}>
        <p className="text">{request.description}</p>
        {request.data === undefined ? null : <pre className="approval-data">{exactJson(request.data)}</pre>}
        {entry.decision === null ? (
          <Choices request={request} channel={channel} />
        ) : (
          <p className="decision" data-decision={entry.decision.decision}>
            {decisionText(entry.decision)}
          </p>
        )}
      </div>
    </section>
  )
}

function Choices({ request, channel }: Pick<Props, 'request' | 'channel'>) {
  const me = useChannel(channel, state => state.self)
  const [problem, setProblem] = useState<string | null>(null)
  const mayReject = me !== null && isAsked(request, me)
  const mayApprove = mayReject && (request.except !== me.id || roles.indexOf(me.role) >= roles.indexOf('moderator'))
  const decide = (sent: Promise<void>): void => {
    setProblem(null)
    sent.catch(error => setProblem(sentence(error.message)))
  }
  if (!mayReject) return <p className="soft">{pendingText(request)}</p>
  return (
    <>
      <p className="choices">
        {mayApprove ? (
          <button type="button" className="primary" onClick={() => decide(channel.approve(request.approval))}>
            Approve
          </button>
        ) : null}
        <button type="button" className="outline" onClick={() => decide(channel.reject(request.approval))}>
          Reject
        </button>
        <span className="soft">
          {mayApprove ? 'until ' : 'Somebody else can approve it, until '}
          {clockTime(Date.parse(request.expires_at))}
        </span>
      </p>
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  )
}

/** Returns whether a user is among those who decide: by name, or else by role. */
export function isAsked({ users, role }: Pick<Request, 'users' | 'role'>, me: { id: string; role: string }): boolean {
  return users === undefined ? roles.indexOf(me.role) >= roles.indexOf(role) : users.includes(me.id)
}

function pendingText({ users, role, expires_at }: Request): string {
  const who = users === undefined ? `Someone with the role ${role} or higher` : users.join(', ')
  return `${who} can decide until ${clockTime(Date.parse(expires_at))}.`
}

function decisionText({ decision, user_id, note }: NonNullable<Entry['decision']>): string {
  if (decision === 'expired') return 'Nobody decided in time.'
  const name = user_id?.replace(/^guest:/, '') ?? 'someone'
  return `${decision === 'approved' ? 'Approved' : 'Rejected'} by ${name}${note === undefined ? '' : `: ${note}`}.`
}
