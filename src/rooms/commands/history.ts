import type { CommandData } from '../../protocol/commands/commands.ts'
import type { RoomContext } from '../context.ts'
import { accepted, ephemeral, type Outcome, outcome, refusal, refuse, sequence } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { builtinCommand, type Invocation } from './command.ts'

const pageSize = 50 // events

/** Sends a page of the log: before a seq, after a seq, or the last events. */
function readHistory(
  { log }: RoomContext,
  _session: Session,
  { id, data }: Invocation<CommandData<'history'>>,
  now: number,
): Outcome {
  const { before, after, limit = pageSize } = data
  const { events, more } = after === undefined ? log.before(before ?? log.head + 1, limit) : log.after(after, limit)
  return outcome({ response: { type: 'history', data: { ...(id !== null && { id }), events, more }, at: now } })
}

/** Sends the others the sender's read position, except in a large channel (P4) and while the sender is muted. */
function markRead(
  { log, presence, members, components }: RoomContext,
  session: Session,
  { id, data }: Invocation<CommandData<'read'>>,
  now: number,
): Outcome {
  if (data.seq > log.head) return refuse(id, refusal('not_found', 'There is no event with this seq yet.'), now)
  components.onRead(session, data.seq, now)
  const { id: userId, role } = session.user
  const isMuted = role === 'reader' && members.find(userId).muted // a look-up for readers only
  if (presence.isLarge || isMuted) return accepted(id, now)
  const frame = ephemeral('read', { seq: data.seq, user_id: session.user.id }, now)
  return sequence(outcome({ ephemeral: [{ frame }] }), accepted(id, now))
}

/** Records that a client has received the frames it was sent, and that it confirms them. */
function confirmReceived(
  { log, probe }: RoomContext,
  session: Session,
  { id, data }: Invocation<CommandData<'recv'>>,
  now: number,
): Outcome {
  if (data.seq > log.head) return refuse(id, refusal('not_found', 'There is no event with this seq yet.'), now)
  session.confirmsReceipt = true
  probe.confirmReceived(session.id)
  return accepted(id, now)
}

/** `history`: reads a page of the log. */
export const historyCommand = builtinCommand('history', readHistory)

/** `read`: marks events as read. */
export const readCommand = builtinCommand('read', markRead)

/** `recv`: confirms that frames arrived. */
export const recvCommand = builtinCommand('recv', confirmReceived)
