import type { Principal } from '../../auth/principal.ts'
import { consumeTicket } from '../../auth/redeem.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { RoomContext } from '../context.ts'
import { refusal } from '../effects.ts'
import { roleInForce } from '../members/member-roles.ts'
import type { CallerContext } from './caller-context.ts'
import { type Session, userOf } from './session.ts'

/** Why an upgrade is refused, as HTTP. */
export type ConnectRefusal = { status: number; code: string; message: string }

/** Why somebody whom the Worker let in cannot come in now, or null. Uses the visit's ticket up. */
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

/** Why somebody may not have one more socket here, or null. */
export function tooManySessions({ presence, limits }: RoomContext, { id }: Principal): string | null {
  if (presence.sessionsOf(id).size < limits.sessions_per_user) return null
  return `${limits.sessions_per_user} sockets of yours are open here`
}

/** Why somebody may not be here at all, or null. */
export function banReason({ members, settings, name }: RoomContext, principal: Principal): Refusal | null {
  if (principal.role === 'owner') return null
  const { role, banned } = members.find(principal.id)
  if (banned) return refusal('banned', 'you are banned here')
  const isOpen = settings.value.visibility === 'public' || isPrivateTalk(name)
  return isOpen || role !== null ? null : refusal('forbidden', 'this channel is private: you need an invitation')
}

/** Lets a session be who its principal is, with the role that this channel leaves to it; or says why it may not be. */
export function applyRole(context: RoomContext, session: Session): Refusal | null {
  const { principal } = session
  if (principal === null) return null
  session.user = { ...userOf(principal), role: roleInForce(principal, context.members.find(principal.id)) }
  return banReason(context, principal)
}

/** After rights were changed: everybody has the role in force; who may not be here any more is named, with the reason. */
export function reapplyRoles(context: RoomContext, removed: string | null): [Session, string][] {
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

// Its name holds the hash of the only person the Worker sends there.
function isPrivateTalk(name: string): boolean {
  return name.startsWith('chat~')
}
