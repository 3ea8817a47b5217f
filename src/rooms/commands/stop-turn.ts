import type { CommandOf } from '../../protocol/commands.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { type Effect, refusal, refuse } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import { ack } from './idempotency.ts'

/** Whoever asked, or a moderator, ends an agent's turn; what it said so far is kept. */
export function stopTurn(
  { answers }: RoomContext,
  session: Session,
  { id, data }: CommandOf<'stop'>,
  now: number,
): Effect[] {
  const asker = answers.askerOf(data.turn)
  if (asker !== null && asker !== session.user.id && !atLeast(session.user.role, 'moderator')) {
    return [refuse(session, id, refusal('forbidden', 'somebody else asked for this turn'), now)]
  }
  const effects = answers.stop(data.turn, session.user.id, now)
  if (effects === null) return [refuse(session, id, refusal('not_found', 'no such turn is under way'), now)]
  return [...effects, ...ack(session, id, null, now)]
}
