import type { CommandOf } from '../../protocol/commands.ts'
import { cleanText } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { type Effect, refusal, refuse } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import { mayDecide } from '../turns/approvals.ts'
import { ack, findDuplicate } from './idempotency.ts'

/** Somebody says yes or no to what an agent asked before it acts; the first who may decides. */
export function decideApproval(
  context: RoomContext,
  session: Session,
  { type, id, data }: CommandOf<'approve' | 'reject'>,
  now: number,
): Effect[] {
  const decision = type === 'approve' ? ('approved' as const) : ('rejected' as const)
  const asked = { type: 'approval_decided' as const, data: { approval: data.approval, decision } }
  const again = findDuplicate(context, session, { id }, asked, now)
  if (again !== null) return again
  const approval = context.answers.approval(data.approval)
  if (approval === null) return [refuse(session, id, refusal('not_found', 'nobody asks for this approval now'), now)]
  if (!mayDecide(session.user, approval)) {
    return [refuse(session, id, refusal('forbidden', 'somebody else decides on this'), now)]
  }
  const note = data.note === undefined ? undefined : cleanText(data.note)
  if (note === null) return [refuse(session, id, refusal('invalid', 'note is not well-formed Unicode'), now)]
  const by = session.user.id
  const effects = context.answers.decide(approval, { decision, by, ...(note !== undefined && { note }) }, id, now)
  return [...effects, ...ack(session, id, context.log.find(by, id ?? ''), now)]
}
