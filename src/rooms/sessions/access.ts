import type { Principal } from '../../auth/principal.ts'
import { consumeTicket } from '../../auth/ticket.ts'
import { first } from '../../lib/sql.ts'
import { noSuchChannel, type Refusal } from '../../protocol/errors.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { roleInForce } from '../members/member-roles.ts'
import { banReason } from '../members/standing.ts'
import type { IdentifiedCaller } from './caller-context.ts'
import { type Session, userOf } from './session.ts'

/** The HTTP refusal of a connect request. */
export type ConnectRefusal = {
  status: 401 | 403 | 404 | 429 | 503
  code: string
  message: string
  retry_after_ms?: number
}

/** The reason this connect request is refused, or null. Consumes its ticket. */
export function refuseConnect(
  context: RoomContext,
  { ticket, principal }: IdentifiedCaller,
  now: number,
): ConnectRefusal | null {
  const { sql, sessions, limits, channelName } = context
  const ban = banReason(context, principal)
  if (ban !== null) return { status: ban.code === 'not_found' ? 404 : 403, ...ban }
  if (!hasBegun(context) && !mayBegin(context, principal)) return { status: 404, ...noSuchChannel(channelName) }
  if (ticket !== null && !consumeTicket(sql, ticket, now)) {
    return { status: 401, code: 'ticket_used', message: 'This ticket was used before.' }
  }
  if (sessions.size >= limits.sessions_per_channel) {
    return { status: 503, code: 'full', message: 'This channel is full.' }
  }
  const tooMany = tooManySessions(context, principal)
  return tooMany === null ? null : { status: 429, code: 'too_many_sessions', message: tooMany }
}

/** Returns whether the channel is founded, or somebody is connected. Otherwise nobody would miss it. */
export function hasBegun(context: RoomContext): boolean {
  return isFounded(context) || context.sessions.size > 0
}

/** Returns whether the channel has an event, a creator or work of a component: visits alone do not take a name away. */
export function isFounded({
  log,
  settings,
  components,
}: Pick<RoomContext, 'log' | 'settings' | 'components'>): boolean {
  return log.head > 0 || settings.creator !== null || components.all().some(({ hasWork }) => hasWork)
}

/** May this user become the owner of a channel that nobody has founded? While it is empty anybody may, then who began it. */
export function mayFound({ log, settings, members, sql }: RoomContext, user: string): boolean {
  if (settings.creator !== null || members.hasOwner()) return false
  if (log.head === 0) return true
  const began = `SELECT user FROM events WHERE seq = 1 AND json_extract(origin, '$.imported_by') IS NULL`
  return first<{ user: string }>(sql, began)?.user === user
}

/** Returns whether a visit brings this channel into existence: that of a reader only where an agent is bound. */
function mayBegin({ members, agents, kind, name }: RoomContext, principal: Principal): boolean {
  if (atLeast(roleInForce(principal, members.find(principal.id)), 'member')) return true
  return kind.recordsActivity && agents.ids.has(name)
}

/** The reason a user may not open one more socket here, or null. */
export function tooManySessions({ presence, limits }: RoomContext, { id }: Principal): string | null {
  if (presence.sessionsOf(id).size < limits.sessions_per_user) return null
  return `You have ${limits.sessions_per_user} open connections here already.`
}

/** Sets a session's user, with the role in force here. Returns the refusal if the user may not be here, or null. */
export function applyRole(context: RoomContext, session: Session): Refusal | null {
  const { principal } = session
  session.user = { ...userOf(principal), role: roleInForce(principal, context.members.find(principal.id)) }
  return banReason(context, principal)
}

/** A user's sessions whose token was issued until `before` (ms). */
export function sessionsWithToken({ sessions, presence }: RoomContext, user: string, before: number): Session[] {
  const own = [...presence.sessionsOf(user)].flatMap(id => sessions.get(id) ?? [])
  return own.filter(({ principal }) => principal.kind === 'person' && (principal.issued ?? 0) <= before)
}
