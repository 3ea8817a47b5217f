import type { CommandData } from '../../protocol/commands/commands.ts'
import { atLeast } from '../../protocol/roles.ts'
import { cleanText } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { accepted, type Outcome, outcome, refusal, refuse, responseOf, sequence, stored } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { mayDecide } from '../turns/approvals.ts'
import { builtinCommand, type Invocation } from './command.ts'
import { findDuplicate } from './duplicates.ts'

/** Ends a turn, for the user who prompted it or a moderator. The text so far is kept. */
function stopTurn(
  { turns }: RoomContext,
  session: Session,
  { id, data }: Invocation<CommandData<'stop'>>,
  now: number,
): Outcome {
  const promptedBy = turns.promptedBy(data.turn)
  if (promptedBy !== null && promptedBy !== session.user.id && !atLeast(session.user.role, 'moderator')) {
    return refuse(id, refusal('forbidden', 'Somebody else prompted this turn.'), now)
  }
  const stopped = turns.stop(data.turn, session.user, now)
  if (stopped === null) return refuse(id, refusal('not_found', 'There is no such turn in progress.'), now)
  return sequence(stopped, accepted(id, now))
}

/** Approves or rejects what an agent wants to do; the first decision counts. */
function decideApproval(
  context: RoomContext,
  session: Session,
  { type, id, data }: Invocation<CommandData<'approve'>>,
  now: number,
): Outcome {
  const decision = type === 'approve' ? ('approved' as const) : ('rejected' as const)
  const wanted = { id, type: 'approval_decided' as const, data: { approval: data.approval, decision } }
  const duplicate = findDuplicate(context, session, wanted, now)
  if (duplicate !== null) return duplicate
  const approval = context.turns.approval(data.approval)
  if (approval === null) return refuse(id, refusal('not_found', 'There is no such approval to decide.'), now)
  if (context.members.find(session.user.id).muted && session.principal.role !== 'owner') {
    return refuse(id, refusal('read_only', 'You are muted here.'), now)
  }
  if (!mayDecide(session.user, approval, decision)) {
    return refuse(id, refusal('forbidden', 'You are not among those who may decide this.'), now)
  }
  const note = data.note === undefined ? undefined : cleanText(data.note)
  if (note === null) return refuse(id, refusal('invalid', 'The note is not well-formed Unicode.'), now)
  const { id: by, name: by_name } = session.user
  const answer = { decision, by, by_name, ...(note !== undefined && { note }) }
  const decided = context.turns.decide(approval, answer, id, now)
  const event = context.log.find(by, id ?? '')
  return sequence(decided, outcome({ response: event === null ? null : responseOf(stored(event, id, now)) }))
}

/** `stop`: ends a turn. */
export const stopCommand = builtinCommand('stop', stopTurn)

/** `approve`: lets an agent do what it asked for. */
export const approveCommand = builtinCommand('approve', decideApproval)

/** `reject`: does not let an agent do what it asked for. */
export const rejectCommand = builtinCommand('reject', decideApproval)
