import type { Refusal } from '../../protocol/errors.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { dropInvitations } from '../members/standing.ts'
import { applyRole } from './access.ts'
import { rateLimited } from './rate-limit.ts'
import type { Session } from './session.ts'

/**
 * Sets the role in force of a session that comes in, and remembers what its token grants. Returns the refusal if its
 * user may not be here, or null.
 */
export function checkAccess(context: RoomContext, session: Session): Refusal | null {
  const refused = applyRole(context, session)
  if (refused === null) rememberToken(context, session)
  return refused
}

/**
 * Admits a request that has no socket: rights first, then the rate limit. `isInvited`: an invitation is what brings the
 * sender, so a private channel does not refuse them yet.
 */
export function checkRequest(
  context: RoomContext,
  session: Session,
  { isInvited = false }: { isInvited?: boolean },
  now: number,
): Refusal | null {
  const refused = checkAccess(context, session)
  if (refused !== null && !(isInvited && refused.code === 'not_found')) return refused
  return limitRate(context, session.user.id, now)
}

/** Takes one request of a sender from the rate limit. Returns the refusal, or null. */
export function limitRate({ rateLimiter }: RoomContext, sender: string, now: number): Refusal | null {
  const waitMs = rateLimiter.take(sender, now)
  return waitMs > 0 ? rateLimited(waitMs) : null
}

/**
 * Remembers the role of a token where it matters while its user is away: a rank that others must respect, a role behind
 * a role of the channel's own, and the rights of somebody for whom a turn waits.
 */
function rememberToken(context: RoomContext, { principal }: Session): void {
  const { members, turns } = context
  const { id, role } = principal
  const matters = atLeast(role, 'moderator') || members.has(id) || (role === 'reader' && turns.queue.isFor(id))
  if (matters && members.rememberToken(id, role)) dropInvitations(context)
}
