import type { CloseName } from '../../protocol/close-codes.ts'
import type { RoomContext } from '../context.ts'
import { close, nothing, type Outcome, outcome, sequence } from '../outcome.ts'
import { dropForbiddenState } from './presence-state.ts'
import type { Session } from './session.ts'

/** Removes a session from the room: its connection is closed, or is about to be. */
export function removeSession(context: RoomContext, session: Session, now: number): Outcome {
  const { sessions, touched, bursts, ephemeralQueue, replays, timeouts, presence, typing, components } = context
  if (!sessions.delete(session.id)) return nothing
  touched.delete(session)
  bursts.take(session)
  ephemeralQueue.remove(session)
  replays.end(session)
  timeouts.remove(session)
  presence.leave(session, now)
  if (presence.sessionsOf(session.user.id).size === 0) typing.end(session, now)
  else dropForbiddenState(context, session)
  return components.onLeave(session, now)
}

/** Closes a session, for the reason given. */
export function closeSession(
  context: RoomContext,
  session: Session,
  [code, reason]: [CloseName, string],
  now: number,
): Outcome {
  const left = removeSession(context, session, now)
  return sequence(outcome({ effects: [close(session, code, reason)] }), left)
}
