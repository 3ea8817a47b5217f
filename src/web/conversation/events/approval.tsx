import { useState } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { useChannel } from '../../../client/react.ts'
import { exactJson } from '../../../protocol/exact-json.ts'
import { clockTime } from '../../lib/format-time.ts'
import { ImportedMark } from '../imported-mark.tsx'

type Request = FrameOf<'approval_requested'>['data']
type Props = { entry: Entry; request: Request; channel: Channel }

const roles = ['reader', 'member', 'moderator', 'owner'] // weakest first; importing protocol/roles.ts would load zod

/** An agent's request for approval with its data, buttons for those who may decide, and the decision once there is one. */
export function Approval({ entry, request, channel }: Props) {
  const me = useChannel(channel, state => state.self)
  const [problem, setProblem] = useState<string | null>(null)
  const mayReject = me !== null && isAsked(request, me)
  const mayApprove = mayReject && (request.except !== me.id || roles.indexOf(me.role) >= roles.indexOf('moderator'))
  const decide = (sent: Promise<void>): void => {
    setProblem(null)
    sent.catch(error => setProblem(error.message))
  }
  return (
    <section className="approval" aria-label={`@${request.agent_id} asks for approval`}>
      <p className="soft">
        @{request.agent_id} asks for approval <ImportedMark event={entry.event} />
      </p>
      <p className="text">{request.description}</p>
      {request.data === undefined ? null : <pre className="approval-data">{exactJson(request.data)}</pre>}
      {entry.decision !== null ? (
        <p className="soft">{decisionText(entry.decision)}</p>
      ) : mayReject ? (
        <p className="choices">
          {mayApprove ? (
            <button type="button" className="primary" onClick={() => decide(channel.approve(request.approval))}>
              Approve
            </button>
          ) : null}
          <button type="button" onClick={() => decide(channel.reject(request.approval))}>
            Reject
          </button>
          <span className="soft">
            {mayApprove ? 'until ' : 'Somebody else can approve it, until '}
            {clockTime(Date.parse(request.expires_at))}
          </span>
        </p>
      ) : (
        <p className="soft">{pendingText(request)}</p>
      )}
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}

/** Returns whether a user is among those who decide: by name, or else by role. */
function isAsked({ users, role }: Request, me: { id: string; role: string }): boolean {
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
