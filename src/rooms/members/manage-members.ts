import type { MemberAct, MemberChange, MemberEntry } from '../../protocol/commands/member-schema.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { atLeast, type PersonRole } from '../../protocol/roles.ts'
import type { MembersResult } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { nothing, type Outcome, outcome, refusal, sequence } from '../outcome.ts'
import { banReason, enforceAccess } from '../sessions/access.ts'
import type { Session } from '../sessions/session.ts'
import { type MemberOverride, noOverride, roleInForce } from './member-roles.ts'

/** The result of an act. `removed`: the user whose sockets must close, though they may connect again. */
type Management = { result: MembersResult; outcome: Outcome; removed: string | null }

const maxListed = 1_000 // members in one list

/** Lists or changes the members of a channel. A change takes effect at once, also for open sockets. */
export function manageMembers(
  context: RoomContext,
  session: Session,
  act: MemberAct,
  now: number,
): { result: MembersResult; outcome: Outcome } {
  const { result, outcome, removed } = perform(context, session, act, now)
  return { result, outcome: sequence(outcome, enforceAccess(context, removed, now)) }
}

function perform(context: RoomContext, session: Session, act: MemberAct, now: number): Management {
  const { members, invitations, log, sql } = context
  const me = session.user.id
  const refused = refusalOf(context, session, act)
  if (refused !== null) return unchanged({ refused })
  switch (act.do) {
    case 'list':
      return unchanged({ members: roster(context) })
    case 'change':
      return change(context, { by: me, user: act.user, to: { ...members.find(act.user), ...partsOf(act.change) } }, now)
    case 'remove': {
      const to = { ...members.find(act.user), role: null }
      return { ...change(context, { by: me, user: act.user, to, always: true }, now), removed: act.user }
    }
    case 'invite': {
      const { hash, role, uses, expiresIn } = act
      const kept = invitations.add({ hash, role, uses, expires: now + expiresIn }, now)
      return unchanged(kept ? { done: true } : { refused: refusal('rate_limited', 'Too many invitations are open.') })
    }
    case 'uninvite':
      invitations.clear()
      return unchanged({ done: true })
    case 'join':
      return sql.transaction(() => join(context, me, act.hash, now))
    case 'found':
      if (log.head > 0 || members.hasOwner()) {
        return unchanged({ refused: refusal('conflict', 'This channel already exists.') })
      }
      return change(context, { by: me, user: me, to: { ...noOverride, role: 'owner' } }, now)
    default:
      return act satisfies never
  }
}

/** Uses an invitation. The user keeps the role that an override gives, if it is higher. */
function join(context: RoomContext, user: string, hash: string, now: number): Management {
  const role = context.invitations.use(hash, now)
  if (role === null) {
    return unchanged({ refused: refusal('not_found', 'This invitation has expired or is used up.') })
  }
  const before = context.members.find(user)
  const better = before.role !== null && atLeast(before.role, role) ? before.role : role
  return change(context, { by: user, user, to: { ...before, role: better } }, now)
}

function unchanged(result: MembersResult): Management {
  return { result, outcome: nothing, removed: null }
}

function partsOf({ role, muted, banned }: MemberChange): Partial<MemberOverride> {
  return {
    ...(role !== undefined && { role }),
    ...(muted !== undefined && { muted }),
    ...(banned !== undefined && { banned }),
  }
}

/** A change of a user's override, and the user who makes it. `always`: an event is stored even if nothing differs. */
type OverrideChange = { by: string; user: string; to: MemberOverride; always?: boolean }

/** Stores a user's override, and an event if it differs now. */
function change(context: RoomContext, { by, user, to: next, always = false }: OverrideChange, now: number): Management {
  const { members, log } = context
  const before = members.find(user)
  const same = before.role === next.role && before.muted === next.muted && before.banned === next.banned
  if (same && !always) return unchanged({ member: entryOf(context, user, next) })
  members.set(user, next)
  const event = log.append({ type: 'member_changed', user: by, id: null, data: { user_id: user, ...next, by } }, now)
  return { result: { member: entryOf(context, user, next) }, outcome: outcome({ events: [event] }), removed: null }
}

/** Returns the reason why an act is refused, or null. Moderators act on lower roles; only owners change roles. */
function refusalOf(context: RoomContext, { user, principal }: Session, act: MemberAct): Refusal | null {
  const ban = principal === null ? null : banReason(context, principal)
  switch (act.do) {
    case 'join':
      return ban?.code === 'banned' ? ban : null
    case 'list':
      return ban
    case 'found':
      return ban ?? (atLeast(user.role, 'member') ? null : refusal('read_only', 'You can read here, but not write.'))
    default:
  }
  if (ban !== null) return ban
  if (act.do === 'remove' && act.user === user.id) return null // leaves
  const { role } = user
  if (role === 'agent' || !atLeast(role, 'moderator')) return refusal('forbidden', 'Only moderators can do this.')
  switch (act.do) {
    case 'invite':
      return mayGrant(role, act.role) ? null : refusal('forbidden', 'Only owners can invite moderators and owners.')
    case 'uninvite':
      return null
    case 'change':
    case 'remove':
      return changeRefusal(context, { id: user.id, role }, act)
    default:
      return act satisfies never
  }
}

function changeRefusal(
  context: RoomContext,
  actor: { id: string; role: PersonRole },
  act: Extract<MemberAct, { do: 'change' | 'remove' }>,
): Refusal | null {
  if (act.user === actor.id) return refusal('forbidden', 'You cannot change your own role.')
  if (/^agent:/.test(act.user)) return refusal('forbidden', 'An agent is not a member: configure the channel instead.')
  if (actor.role === 'owner') return null
  if (act.do === 'change' && act.change.role !== undefined) return refusal('forbidden', 'Only owners can change roles.')
  return atLeast(roleOf(context, act.user), actor.role)
    ? refusal('forbidden', 'You can only manage members with a lower role than yours.')
    : null
}

/** A user's role, as far as it can be known: a user who is not here and has no override counts as a member. */
function roleOf(context: RoomContext, user: string): PersonRole {
  const [first] = context.presence.sessionsOf(user)
  const principal = first === undefined ? null : (context.sessions.get(first)?.principal ?? null)
  const override = context.members.find(user)
  // A mute does not lower a rank: one moderator must not be able to keep another muted.
  return principal === null ? (override.role ?? 'member') : roleInForce(principal, { ...override, muted: false })
}

function mayGrant(actor: PersonRole, role: PersonRole): boolean {
  return actor === 'owner' || !atLeast(role, 'moderator')
}

function roster(context: RoomContext): MemberEntry[] {
  const overrides = new Map(context.members.all(maxListed).map(({ user, ...override }) => [user, override]))
  const here = context.presence.members().filter(member => member.sessions > 0)
  const ids = new Set([...here.map(member => member.id), ...overrides.keys()])
  return [...ids].map(id => entryOf(context, id, overrides.get(id) ?? noOverride))
}

function entryOf(
  { presence, sessions }: RoomContext,
  id: string,
  { role, muted, banned }: MemberOverride,
): MemberEntry {
  const open = presence.sessionsOf(id)
  const [first] = open
  const session = first === undefined ? undefined : sessions.get(first)
  const principal = session?.principal ?? null
  const inForce = principal === null ? role : roleInForce(principal, { role, muted, banned })
  return { id, name: session?.user.name ?? null, role: inForce, muted, banned, sessions: open.size }
}
