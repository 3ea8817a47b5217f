import type { CommandOf } from '../../protocol/commands.ts'
import { fits } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { broadcast, type Effect, ephemeral, refusal, refuse } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import { ack } from './idempotency.ts'
import { refuseWriting } from './permissions.ts'

// Nothing here is stored: it is about this moment.

export function setTyping(
  context: RoomContext,
  session: Session,
  { id, data }: CommandOf<'typing'>,
  now: number,
): Effect[] {
  const mayNot = refuseWriting(context, session)
  if (mayNot !== null) return [refuse(session, id, mayNot, now)]
  if (!context.presence.isLarge) context.typing.set(session, data.active, now) // P4
  return ack(session, id, null, now)
}

/** Sets the sender's own state, the same on all of its sockets, for the others to see. */
export function setPresence(
  context: RoomContext,
  session: Session,
  { id, data }: CommandOf<'presence'>,
  now: number,
): Effect[] {
  if (!fits(JSON.stringify(data.state), context.limits.state_bytes)) {
    return [refuse(session, id, refusal('too_large', `state is at most ${context.limits.state_bytes} bytes`), now)]
  }
  context.presence.setState(session, data.state)
  for (const own of context.presence.sessionsOf(session.user.id)) {
    const other = context.sessions.get(own)
    if (other === undefined) continue
    other.state = data.state
    context.touched.add(other)
  }
  return ack(session, id, null, now)
}

/** Passes a named value on to everybody else, or to the sockets of one user. */
export function sendSignal(
  context: RoomContext,
  session: Session,
  { id, data }: CommandOf<'signal'>,
  now: number,
): Effect[] {
  const { name, value, to } = data
  const mayNot = refuseWriting(context, session)
  if (mayNot !== null) return [refuse(session, id, mayNot, now)]
  if (value === undefined) return [refuse(session, id, refusal('invalid', 'data.value is missing'), now)]
  if (!fits(JSON.stringify(value), context.limits.signal_bytes)) {
    return [refuse(session, id, refusal('too_large', `a value is at most ${context.limits.signal_bytes} bytes`), now)]
  }
  const frame = ephemeral('signal', { name, value, user_id: session.user.id }, now)
  if (to === undefined) return [broadcast(frame, session), ...ack(session, id, null, now)]
  const sockets = [...context.presence.sessionsOf(to)]
  if (sockets.length === 0) return [refuse(session, id, refusal('not_found', 'nobody of that id is here'), now)]
  return [...sockets.map(to => ({ do: 'send' as const, to, frame })), ...ack(session, id, null, now)]
}
