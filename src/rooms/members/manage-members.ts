import type { Refusal } from '../../protocol/errors.ts'
import type { MemberAct, MemberChange, MemberEntry } from '../../protocol/member-schema.ts'
import { atLeast, type PersonRole } from '../../protocol/roles.ts'
import type { MembersResult } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { nothing, type Outcome, outcome, refusal, sequence } from '../outcome.ts'
import { banReason, enforceAccess } from '../sessions/access.ts'
import type { Session } from '../sessions/session.ts'
import { type MemberOverride, noOverride, roleInForce } from './member-roles.ts'

/** What an act leads to. `removed`: the user whose sockets must close, though they may come back. */
type Management = { result: MembersResult; outcome: Outcome; removed: string | null }

const listed = 1_000 // members at most in a list

/** Lists or changes the members of a channel. A change is in force at once, also for open sockets. */
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
  if (refused !== null) return settled({ refused })
  switch (act.do) {
    case 'list':
      return settled({ members: roster(context) })
    case 'change':
      return change(context, { by: me, user: act.user, to: { ...members.find(act.user), ...partsOf(act.change) } }, now)
    case 'remove': {
      const to = { ...members.find(act.user), role: null }
      return { ...change(context, { by: me, user: act.user, to, always: true }, now), removed: act.user }
    }
    case 'invite': {
      const { hash, role, uses, expiresIn } = act
      const kept = invitations.add({ hash, role, uses, expires: now + expiresIn }, now)
      return settled(kept ? { done: true } : { refused: refusal('rate_limited', 'too many invitations are open') })
    }
    case 'uninvite':
      invitations.clear()
      return settled({ done: true })
    case 'join':
      return sql.transaction(() => {
        const role = invitations.use(act.hash, now)
        if (role === null) return settled({ refused: refusal('not_found', 'this invitation is used up or has ended') })
        const before = members.find(me)
        const better = before.role !== null && atLeast(before.role, role) ? before.role : role
        return change(context, { by: me, user: me, to: { ...before, role: better } }, now)
      })
    case 'found':
      if (log.head > 0 || members.hasOwner()) return settled({ refused: refusal('conflict', 'this channel is taken') })
      return change(context, { by: me, user: me, to: { ...noOverride, role: 'owner' } }, now)
    default:
      return act satisfies never
  }
}

function settled(result: MembersResult): Management {
  return { result, outcome: nothing, removed: null }
}

function partsOf({ role, muted, banned }: MemberChange): Partial<MemberOverride> {
  return {
    ...(role !== undefined && { role }),
    ...(muted !== undefined && { muted }),
    ...(banned !== undefined && { banned }),
  }
}

/** Who changes whose override, and to what. `always`: an event is stored even if nothing differs. */
type OverrideChange = { by: string; user: string; to: MemberOverride; always?: boolean }

/** Stores a user's override, and an event if it differs now. */
function change(context: RoomContext, { by, user, to: next, always = false }: OverrideChange, now: number): Management {
  const { members, log } = context
  const before = members.find(user)
  const same = before.role === next.role && before.muted === next.muted && before.banned === next.banned
  if (same && !always) return settled({ member: entryOf(context, user, next) })
  members.set(user, next)
  const event = log.append({ type: 'member_changed', user: by, id: null, data: { user_id: user, ...next, by } }, now)
  return { result: { member: entryOf(context, user, next) }, outcome: outcome({ events: [event] }), removed: null }
}

/** Moderators act on those below them; only owners change roles and moderators. */
function refusalOf(context: RoomContext, { user, principal }: Session, act: MemberAct): Refusal | null {
  const barred = principal === null ? null : banReason(context, principal)
  switch (act.do) {
    case 'join':
      return barred?.code === 'banned' ? barred : null
    case 'list':
      return barred
    case 'found':
      return barred ?? (atLeast(user.role, 'member') ? null : refusal('read_only', 'you may read here, not write'))
    default:
  }
  if (barred !== null) return barred
  if (act.do === 'remove' && act.user === user.id) return null // leaves
  const { role } = user
  if (role === 'agent' || !atLeast(role, 'moderator')) return refusal('forbidden', 'only moderators may do this')
  switch (act.do) {
    case 'invite':
      return mayGive(role, act.role) ? null : refusal('forbidden', 'only owners make moderators and owners')
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
  if (act.user === actor.id) return refusal('forbidden', 'nobody changes their own rights')
  if (/^agent:/.test(act.user)) return refusal('forbidden', 'an agent is no member: configure the channel')
  if (actor.role === 'owner') return null
  if (act.do === 'change' && act.change.role !== undefined) return refusal('forbidden', 'only owners change roles')
  return atLeast(roleOf(context, act.user), actor.role) ? refusal('forbidden', 'they are not below you here') : null
}

/** A user's role, as far as it can be known: a user who is not here and has no override counts as a member. */
function roleOf(context: RoomContext, user: string): PersonRole {
  const [first] = context.presence.sessionsOf(user)
  const principal = first === undefined ? null : (context.sessions.get(first)?.principal ?? null)
  const override = context.members.find(user)
  // A mute does not lower a rank: one moderator must not be able to keep another muted.
  return principal === null ? (override.role ?? 'member') : roleInForce(principal, { ...override, muted: false })
}

function mayGive(actor: PersonRole, role: PersonRole): boolean {
  return actor === 'owner' || !atLeast(role, 'moderator')
}

function roster(context: RoomContext): MemberEntry[] {
  const overrides = new Map(context.members.all(listed).map(({ user, ...override }) => [user, override]))
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
