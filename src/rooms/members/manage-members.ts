import type { Refusal } from '../../protocol/errors.ts'
import type { MemberAct, MemberChange, MemberEntry } from '../../protocol/member-schema.ts'
import { atLeast, type PersonRole } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { broadcast, type Effect, refusal } from '../effects.ts'
import { banReason } from '../sessions/access.ts'
import type { Session } from '../sessions/session.ts'
import { type MemberOverride, noOverride, roleInForce } from './member-roles.ts'

/** What came of an act: somebody's standing, everybody's, or why nothing was done. */
export type MembersResult = { refused: Refusal } | { member: MemberEntry } | { members: MemberEntry[] } | { done: true }

/** What an act leads to. `removed`: whose sockets must close, though they may come back. */
export type Management = { result: MembersResult; effects: Effect[]; removed: string | null }

const listed = 1_000 // members at most in a list

/** Does what is asked about the members of a channel. Whether sessions may stay is looked at afterwards, by the room. */
export function manageMembers(context: RoomContext, session: Session, act: MemberAct, now: number): Management {
  const { members, invitations, log, sql } = context
  const me = session.user.id
  const mayNot = refusalOf(context, session, act)
  if (mayNot !== null) return settled({ refused: mayNot })
  switch (act.do) {
    case 'list':
      return settled({ members: roster(context) })
    case 'change':
      return change(context, me, act.user, { ...members.find(act.user), ...given(act.change) }, now)
    case 'remove': {
      const { result, effects } = change(context, me, act.user, { ...members.find(act.user), role: null }, now, true)
      return { result, effects, removed: act.user }
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
        const standing = members.find(me)
        const better = standing.role !== null && atLeast(standing.role, role) ? standing.role : role
        return change(context, me, me, { ...standing, role: better }, now)
      })
    case 'found':
      if (log.head > 0 || members.hasOwner()) return settled({ refused: refusal('conflict', 'this channel is taken') })
      return change(context, me, me, { ...noOverride, role: 'owner' }, now)
    default:
      return act satisfies never
  }
}

function settled(result: MembersResult): Management {
  return { result, effects: [], removed: null }
}

function given({ role, muted, banned }: MemberChange): Partial<MemberOverride> {
  return {
    ...(role !== undefined && { role }),
    ...(muted !== undefined && { muted }),
    ...(banned !== undefined && { banned }),
  }
}

/** Writes somebody's standing, and an event if it is another now, or if the act itself is one. */
function change(
  context: RoomContext,
  by: string,
  user: string,
  next: MemberOverride,
  now: number,
  always = false,
): Management {
  const { members, log } = context
  const before = members.find(user)
  const same = before.role === next.role && before.muted === next.muted && before.banned === next.banned
  if (same && !always) return settled({ member: entryOf(context, user, next) })
  members.set(user, next)
  const event = log.append({ type: 'member_changed', user: by, id: null, data: { user_id: user, ...next, by } }, now)
  return { result: { member: entryOf(context, user, next) }, effects: [broadcast(event)], removed: null }
}

/** Moderators keep order among those below them; roles and moderators are the owners' affair. */
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

/** The role somebody has, as far as can be known: who is not here and of whom nothing is said counts as a member. */
function roleOf(context: RoomContext, user: string): PersonRole {
  const [first] = context.presence.sessionsOf(user)
  const principal = first === undefined ? null : (context.sessions.get(first)?.principal ?? null)
  const standing = context.members.find(user)
  // What a mute takes away is no rank: one moderator must not be able to keep another muted.
  return principal === null ? (standing.role ?? 'member') : roleInForce(principal, { ...standing, muted: false })
}

function mayGive(actor: PersonRole, role: PersonRole): boolean {
  return actor === 'owner' || !atLeast(role, 'moderator')
}

function roster(context: RoomContext): MemberEntry[] {
  const said = new Map(context.members.all(listed).map(({ user, ...standing }) => [user, standing]))
  const here = context.presence.members().filter(member => member.sessions > 0)
  const ids = new Set([...here.map(member => member.id), ...said.keys()])
  return [...ids].map(id => entryOf(context, id, said.get(id) ?? noOverride))
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
