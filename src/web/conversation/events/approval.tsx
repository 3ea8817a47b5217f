import { useState } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { useChannel } from '../../../client/react.ts'
import { clockTime } from '../../lib/format-time.ts'

type Props = { entry: Entry; request: FrameOf<'approval_requested'>['data']; channel: Channel }

const ladder = ['reader', 'member', 'moderator', 'owner']

/** An agent asks before it acts. */
export function Approval({ entry, request, channel }: Props) {
  const me = useChannel(channel, state => state.me)
  const [problem, setProblem] = useState<string | null>(null)
  const { decision } = entry
  const mayDecide =
    me !== null &&
    ladder.indexOf(me.role) >= ladder.indexOf(request.role) &&
    (request.users === undefined || request.users.includes(me.id))
  const decide = (done: Promise<void>): void => {
    setProblem(null)
    done.catch(error => setProblem(error.message))
  }
  return (
    <section className="approval" aria-label={`@${request.agent_id} asks for an approval`}>
      <p className="soft">@{request.agent_id} asks before it acts</p>
      <p className="text">{request.description}</p>
      {decision !== null ? (
        <p className="soft">{decisionWords(decision)}</p>
      ) : mayDecide ? (
        <p className="choices">
          <button type="button" className="primary" onClick={() => decide(channel.approve(request.approval))}>
            Approve
          </button>
          <button type="button" onClick={() => decide(channel.reject(request.approval))}>
            Reject
          </button>
          <span className="soft">until {clockTime(Date.parse(request.expires_at))}</span>
        </p>
      ) : (
        <p className="soft">
          {request.users === undefined ? `A ${request.role} decides` : `${request.users.join(', ')} decides`}, until{' '}
          {clockTime(Date.parse(request.expires_at))}.
        </p>
      )}
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}

function decisionWords({ decision, user_id, note }: NonNullable<Entry['decision']>): string {
  if (decision === 'expired') return 'Nobody decided in time.'
  const who = user_id?.replace(/^guest:/, '') ?? 'Somebody'
  return `${decision === 'approved' ? 'Approved' : 'Rejected'} by ${who}${note === undefined ? '' : `: ${note}`}.`
}
