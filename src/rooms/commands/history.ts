import type { CommandOf } from '../../protocol/commands.ts'
import type { RoomContext } from '../context.ts'
import { broadcast, type Effect, ephemeral, refusal, refuse, send } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import { ack } from './idempotency.ts'

const pageSize = 50

/** A page of the log: before a seq, after a seq, or the last ones. */
export function readHistory(
  { log }: RoomContext,
  session: Session,
  { id, data }: CommandOf<'history'>,
  now: number,
): Effect[] {
  const { before, after, limit = pageSize } = data
  const { events, more } = after === undefined ? log.before(before ?? log.head + 1, limit) : log.after(after, limit)
  return [send(session, 'history', { ...(id !== null && { id }), events, more }, now)]
}

/** Tells the others how far somebody has read; among very many nobody asks (P4). */
export function markRead(
  { log, presence }: RoomContext,
  session: Session,
  { id, data }: CommandOf<'read'>,
  now: number,
): Effect[] {
  if (data.seq > log.head) return [refuse(session, id, refusal('not_found', 'nothing was said there yet'), now)]
  const frame = ephemeral('read', { seq: data.seq, user_id: session.user.id }, now)
  return [...(presence.isLarge ? [] : [broadcast(frame)]), ...ack(session, id, null, now)]
}

/** Notes that a socket has taken what it was sent, and that it is one that says so. */
export function confirmReceived(
  { log }: RoomContext,
  session: Session,
  { id, data }: CommandOf<'recv'>,
  now: number,
): Effect[] {
  if (data.seq > log.head) return [refuse(session, id, refusal('not_found', 'nothing was said there yet'), now)]
  session.tellsTaken = true
  return [{ do: 'taken', session: session.id }, ...ack(session, id, null, now)]
}
