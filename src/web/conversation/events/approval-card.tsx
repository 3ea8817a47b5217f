import { type ReactNode, useState } from 'react'
import type { Author, Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { useAgents, useChannel } from '../../../client/react.ts'
import { exactJson } from '../../../protocol/exact-json.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { Avatar } from '../../people/avatar.tsx'
import { deciderOf, useDistinctText } from '../../people/distinct-name.tsx'
import { useChat } from '../../ui/chat.tsx'
import { list } from '../../words/format.ts'
import { problemText } from '../../words/problem-text.ts'
import { t } from '../../words/words.ts'
import { ImportedMark } from '../imported-mark.tsx'
import { isAsked, isAskedToApprove } from './is-asked.ts'

type Request = FrameOf<'approval_requested'>['data']
type Props = { request: Request; channel: Channel }

/** What a card shows: an entry of the type `approval_requested`. */
export type ApprovalCardProps = { entry: Entry }

/** An agent's request for approval with its data, buttons for those who may decide, and the decision once there is one. Nothing for other entries. */
export function ApprovalCard({ entry }: ApprovalCardProps): ReactNode {
  const { channel } = useChat()
  const agents = useAgents(channel)
  const nameOf = useDistinctText()
  if (entry.event.type !== 'approval_requested') return null
  const request = entry.event.data
  const name = agents.find(({ id }) => id === request.agent_id)?.name ?? request.agent_id
  return (
    <article className="approval message" aria-label={t('request.label', { agent: request.agent_id })}>
      <header>
        <Avatar author={{ id: request.agent_id, name, kind: 'agent' }} />
        <bdi className="name">{name}</bdi>
        <span className="badge">{t('message.agent')}</span>
        <span className="soft">{t('request.asks')}</span>
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
            {decisionText(entry.decision, nameOf)}
          </p>
        )}
      </div>
    </article>
  )
}

function Choices({ request, channel }: Props) {
  const me = useChannel(channel, state => state.self)
  const [problem, setProblem] = useState<string | null>(null)
  const mayReject = me !== null && isAsked(request, me)
  const mayApprove = me !== null && isAskedToApprove(request, me)
  const decide = (sent: Promise<void>): void => {
    setProblem(null)
    sent.catch(error => setProblem(problemText(error)))
  }
  if (!mayReject) return <p className="soft">{pendingText(request)}</p>
  return (
    <>
      <p className="choices">
        {mayApprove ? (
          <button type="button" className="primary" onClick={() => decide(channel.approve(request.approval))}>
            {t('request.approve')}
          </button>
        ) : null}
        <button type="button" className="outline" onClick={() => decide(channel.reject(request.approval))}>
          {t('request.reject')}
        </button>
        <span className="soft">
          {t(mayApprove ? 'request.until' : 'request.notYou', { time: clockTime(Date.parse(request.expires_at)) })}
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

function pendingText({ users, role, expires_at }: Request): string {
  const time = clockTime(Date.parse(expires_at))
  return users === undefined ? t('request.byRole', { role, time }) : t('request.byUsers', { names: list(users), time })
}

function decisionText(decided: NonNullable<Entry['decision']>, nameOf: (author: Author) => string): string {
  const { decision, user_id, note } = decided
  if (decision === 'expired') return t('request.expired')
  const decider = deciderOf(decided)
  const name = decider === null ? (user_id?.replace(/^guest:/, '') ?? t('request.someone')) : nameOf(decider)
  return note === undefined
    ? t('request.decided', { decision, name })
    : t('request.decidedWith', { decision, name, note })
}
