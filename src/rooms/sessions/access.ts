import type { Principal } from '../../auth/principal.ts'
import { consumeTicket } from '../../auth/ticket.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { CallerContext } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { roleInForce } from '../members/member-roles.ts'
import { banReason } from '../members/standing.ts'
import { type Session, userOf } from './session.ts'

/** The HTTP refusal of a connect request. */
export type ConnectRefusal = { status: number; code: string; message: string }

/** The reason this connect request is refused, or null. Consumes its ticket. */
export function refuseConnect(
  context: RoomContext,
  { ticket, principal }: CallerContext,
  now: number,
): ConnectRefusal | null {
  const { sql, sessions, limits } = context
  const ban = principal === null ? null : banReason(context, principal)
  if (ban !== null) return { status: 403, ...ban }
  if (ticket !== null && !consumeTicket(sql, ticket, now)) {
    return { status: 401, code: 'ticket_used', message: 'This ticket was used before.' }
  }
  if (sessions.size >= limits.sessions_per_channel) {
    return { status: 503, code: 'full', message: 'This channel is full.' }
  }
  const tooMany = principal === null ? null : tooManySessions(context, principal)
  return tooMany === null ? null : { status: 429, code: 'too_many_sessions', message: tooMany }
}

/** The reason a user may not open one more socket here, or null. */
export function tooManySessions({ presence, limits }: RoomContext, { id }: Principal): string | null {
  if (presence.sessionsOf(id).size < limits.sessions_per_user) return null
  return `You have ${limits.sessions_per_user} open connections here already.`
}

/** Sets a session's user, with the role in force here. Returns the refusal if the user may not be here, or null. */
export function applyRole(context: RoomContext, session: Session): Refusal | null {
  const { principal } = session
  if (principal === null) return null
  session.user = { ...userOf(principal), role: roleInForce(principal, context.members.find(principal.id)) }
  return banReason(context, principal)
}

/** A user's sessions whose token was issued until `before` (ms). */
export function sessionsWithToken({ sessions, presence }: RoomContext, user: string, before: number): Session[] {
  const own = [...presence.sessionsOf(user)].flatMap(id => sessions.get(id) ?? [])
  return own.filter(({ principal }) => principal?.kind === 'person' && (principal.issued ?? 0) <= before)
}
