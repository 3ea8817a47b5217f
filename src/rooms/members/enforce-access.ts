import type { RoomContext } from '../context.ts'
import { type Outcome, sequence } from '../outcome.ts'
import { applyRole } from '../sessions/access.ts'
import { closeSession } from '../sessions/lifecycle.ts'
import { dropForbiddenState } from '../sessions/presence-state.ts'
import type { Session } from '../sessions/session.ts'
import { dropInvitations } from './standing.ts'

/**
 * Applies changed rights: gives every session the role in force, closes those that may no longer be here, and drops the
 * invitations and turns of users whose standing fell.
 */
export function enforceAccess(context: RoomContext, removed: string | null, now: number): Outcome {
  const closed = reapplyRoles(context, removed)
  for (const session of context.sessions.values()) dropForbiddenState(context, session)
  dropInvitations(context)
  context.components.onAccessChanged(now)
  return sequence(
    ...closed.map(([session, reason]) => closeSession(context, session, ['forbidden', reason], now)),
    context.turns.dropForbidden(now),
  )
}

/** The sessions that may not stay, with the reason. */
function reapplyRoles(context: RoomContext, removed: string | null): [Session, string][] {
  return [...context.sessions.values()].flatMap((session): [Session, string][] => {
    const { role } = session.user
    const ban = applyRole(context, session)
    if (ban !== null) return [[session, ban.code === 'banned' ? ban.message : 'This channel is private.']]
    if (session.user.id === removed) return [[session, 'You were removed.']]
    if (session.user.role !== role) {
      context.presence.setUser(session.user)
      context.touched.add(session)
    }
    return []
  })
}
