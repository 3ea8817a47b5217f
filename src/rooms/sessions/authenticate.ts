import type { Principal } from '../../auth/principal.ts'
import type { CloseName } from '../../protocol/close-codes.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { ack } from '../commands/idempotency.ts'
import type { RoomContext } from '../context.ts'
import { type Effect, refusal, refuse } from '../effects.ts'
import { applyRole, banReason, tooManySessions } from './access.ts'
import type { Session } from './session.ts'
import type { SessionTimeouts } from './timeouts.ts'

/** Who a token says somebody is, or why it is refused; `ignored`: there are only guests here, and it means nothing. */
export type TokenCheckResult = { principal: Principal } | { refused: Refusal } | { ignored: true }

/** A socket that came without a credential says who it is; null, or why it must go. */
export function acceptFirstToken(
  context: RoomContext,
  session: Session,
  outcome: TokenCheckResult,
): [CloseName, string] | null {
  if ('ignored' in outcome) return ['unauthenticated', 'tokens say nothing here']
  if ('refused' in outcome) return ['unauthenticated', outcome.refused.message]
  session.principal = outcome.principal
  const barred = applyRole(context, session)
  if (barred !== null) return ['forbidden', barred.message]
  const crowd = tooManySessions(context, outcome.principal)
  return crowd === null ? null : ['flooding', crowd]
}

/** A live socket shows a new token (A4, A6): the same person goes on longer, a guest becomes a person. */
export function reauthenticate(
  context: RoomContext,
  deadlines: SessionTimeouts,
  session: Session,
  id: string | null,
  outcome: TokenCheckResult,
  now: number,
): Effect[] {
  const { presence, touched } = context
  if ('ignored' in outcome) return ack(session, id, null, now)
  if ('refused' in outcome) return [refuse(session, id, outcome.refused, now)]
  const { principal } = outcome
  const isGuest = session.principal?.kind === 'guest'
  if (principal.id !== session.user.id && !isGuest) {
    return [refuse(session, id, refusal('unauthenticated', 'this token is somebody else’s'), now)]
  }
  const barred = banReason(context, principal)
  if (barred !== null) return [refuse(session, id, refusal('forbidden', barred.message), now)]
  const crowd = principal.id === session.user.id ? null : tooManySessions(context, principal)
  if (crowd !== null) return [refuse(session, id, refusal('rate_limited', crowd), now)]
  deadlines.remove(session)
  if (principal.id !== session.user.id) presence.leave(session, now)
  session.principal = principal
  applyRole(context, session)
  deadlines.add(session)
  touched.add(session)
  if (isGuest) presence.join(session)
  else presence.setUser(session.user)
  return ack(session, id, null, now)
}
