import type { Principal } from '../../auth/principal.ts'
import { consumeTicket } from '../../auth/ticket.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { CallerContext } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { roleInForce } from '../members/member-roles.ts'
import { type Outcome, refusal, sequence } from '../outcome.ts'
import { closeSession } from './lifecycle.ts'
import { type Session, userOf } from './session.ts'

/** Why a connect request is refused, as HTTP. */
export type ConnectRefusal = { status: number; code: string; message: string }

/** The reason this connect request is refused, or null. Consumes its ticket. */
export function refuseConnect(
  context: RoomContext,
  { ticket, principal }: CallerContext,
  now: number,
): ConnectRefusal | null {
  const { sql, sessions, limits } = context
  const barred = principal === null ? null : banReason(context, principal)
  if (barred !== null) return { status: 403, ...barred }
  if (ticket !== null && !consumeTicket(sql, ticket, now)) {
    return { status: 401, code: 'ticket_used', message: 'this ticket was used before' }
  }
  if (sessions.size >= limits.sessions_per_channel) {
    return { status: 503, code: 'full', message: 'this channel is full' }
  }
  const crowd = principal === null ? null : tooManySessions(context, principal)
  return crowd === null ? null : { status: 429, code: 'too_many_sessions', message: crowd }
}

/** The reason a user may not open one more socket here, or null. */
export function tooManySessions({ presence, limits }: RoomContext, { id }: Principal): string | null {
  if (presence.sessionsOf(id).size < limits.sessions_per_user) return null
  return `${limits.sessions_per_user} sockets of yours are open here`
}

/** The reason a user may not be here at all, or null. */
export function banReason({ members, settings, kind, name }: RoomContext, principal: Principal): Refusal | null {
  if (principal.role === 'owner') return null
  const { role, banned } = members.find(principal.id)
  if (banned) return refusal('banned', 'you are banned here')
  const isOpen = settings.value.visibility === 'public' || kind.isDirect(name)
  return isOpen || role !== null ? null : refusal('forbidden', 'this channel is private: you need an invitation')
}

/** Gives a session its principal's user with the role in force here; returns the refusal if it may not be here. */
export function applyRole(context: RoomContext, session: Session): Refusal | null {
  const { principal } = session
  if (principal === null) return null
  session.user = { ...userOf(principal), role: roleInForce(principal, context.members.find(principal.id)) }
  return banReason(context, principal)
}

/** After rights changed: gives every session the role in force, and closes those that may not be here any more. */
export function enforceAccess(context: RoomContext, removed: string | null, now: number): Outcome {
  const closed = reapplyRoles(context, removed)
  return sequence(...closed.map(([session, reason]) => closeSession(context, session, ['forbidden', reason], now)))
}

/** The sessions that may not stay, with the reason. */
function reapplyRoles(context: RoomContext, removed: string | null): [Session, string][] {
  return [...context.sessions.values()].flatMap((session): [Session, string][] => {
    if (session.principal === null) return []
    const { role } = session.user
    const barred = applyRole(context, session)
    if (barred !== null) return [[session, barred.message]]
    if (session.user.id === removed) return [[session, 'you were removed']]
    if (session.user.role !== role) {
      context.presence.setUser(session.user)
      context.touched.add(session)
    }
    return []
  })
}

/** A user's sessions that came by a token issued until `before` (ms). */
export function sessionsWithToken({ sessions, presence }: RoomContext, user: string, before: number): Session[] {
  const own = [...presence.sessionsOf(user)].flatMap(id => sessions.get(id) ?? [])
  return own.filter(({ principal }) => principal?.kind === 'person' && (principal.issued ?? 0) <= before)
}
