import type { CommandOf } from '../../protocol/commands.ts'
import { fits } from '../../protocol/text.ts'
import { broadcast, type Effect, ephemeral, refusal, refuse } from '../effects.ts'
import type { Parts } from '../parts.ts'
import type { Session } from '../session.ts'
import { writingRefusal } from './may.ts'
import { acknowledge } from './once.ts'

// Nothing here is stored: it is about this moment.

export function typing(room: Parts, session: Session, { id, data }: CommandOf<'typing'>, now: number): Effect[] {
  const mayNot = writingRefusal(room, session)
  if (mayNot !== null) return [refuse(session, id, mayNot, now)]
  if (!room.presence.isCrowd) room.typing.set(session, data.active, now) // P4
  return acknowledge(session, id, null, now)
}

/** Sets the sender's own state, the same on all of its sockets, for the others to see. */
export function presence(room: Parts, session: Session, { id, data }: CommandOf<'presence'>, now: number): Effect[] {
  if (!fits(JSON.stringify(data.state), room.limits.state_bytes)) {
    return [refuse(session, id, refusal('too_large', `state is at most ${room.limits.state_bytes} bytes`), now)]
  }
  room.presence.setState(session, data.state)
  for (const own of room.presence.sessionsOf(session.user.id)) {
    const other = room.sessions.get(own)
    if (other === undefined) continue
    other.state = data.state
    room.touched.add(other)
  }
  return acknowledge(session, id, null, now)
}

/** Passes a named value on to everybody else, or to the sockets of one user. */
export function signal(room: Parts, session: Session, { id, data }: CommandOf<'signal'>, now: number): Effect[] {
  const { name, value, to } = data
  const mayNot = writingRefusal(room, session)
  if (mayNot !== null) return [refuse(session, id, mayNot, now)]
  if (value === undefined) return [refuse(session, id, refusal('invalid', 'data.value is missing'), now)]
  if (!fits(JSON.stringify(value), room.limits.signal_bytes)) {
    return [refuse(session, id, refusal('too_large', `a value is at most ${room.limits.signal_bytes} bytes`), now)]
  }
  const frame = ephemeral('signal', { name, value, user_id: session.user.id }, now)
  if (to === undefined) return [broadcast(frame, session), ...acknowledge(session, id, null, now)]
  const sockets = [...room.presence.sessionsOf(to)]
  if (sockets.length === 0) return [refuse(session, id, refusal('not_found', 'nobody of that id is here'), now)]
  return [...sockets.map(to => ({ do: 'send' as const, to, frame })), ...acknowledge(session, id, null, now)]
}
