import type { InvitationEntry, MemberAct, MemberChange } from '../../protocol/commands/member-schema.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import { noSuchChannel } from '../../protocol/errors.ts'
import { atLeast, type PersonRole } from '../../protocol/roles.ts'
import type { MembersResult } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { nothing, type Outcome, outcome, refusal, sequence } from '../outcome.ts'
import { mayFound } from '../sessions/access.ts'
import type { Session } from '../sessions/session.ts'
import { enforceAccess } from './enforce-access.ts'
import { type Invitation, invitationId } from './invitations.ts'
import { memberEntry, roster } from './member-list.ts'
import { type MemberOverride, noOverride } from './member-roles.ts'
import { refuseMemberAct } from './member-rules.ts'
import { isWorth, mayBeHere, standingOf, tokenRoleOf } from './standing.ts'

/** The result of an act. `removed`: the user whose sockets must close, though they may connect again. */
type Management = { result: MembersResult; outcome: Outcome; removed: string | null }

/** Lists or changes the members of a channel. A change takes effect at once, also for open sockets. */
export function manageMembers(
  context: RoomContext,
  session: Session,
  act: MemberAct,
  now: number,
): { result: MembersResult; outcome: Outcome } {
  const refused = refuseMemberAct(context, session, act)
  if (refused !== null) return { result: { refused }, outcome: nothing }
  if (act.do === 'list') return { result: roster(context, session.user, act), outcome: nothing }
  if (act.do === 'invitations') return { result: { invitations: entriesOf(context, now) }, outcome: nothing }
  const { result, outcome, removed } = perform(context, session, act, now)
  return { result, outcome: sequence(outcome, enforceAccess(context, removed, now)) }
}

function perform(
  context: RoomContext,
  { user: { id: me } }: Session,
  act: Exclude<MemberAct, { do: 'list' | 'invitations' }>,
  now: number,
): Management {
  const { invitations, members, sql } = context
  switch (act.do) {
    case 'change':
      return change(context, { by: me, user: act.user, to: changed(members.find(act.user), act.change, now) }, now)
    case 'remove':
      return remove(context, me, act.user, now)
    case 'invite': {
      const { hash, role, uses, expiresIn } = act
      const kept = invitations.add({ hash, role, uses, expires: now + expiresIn, maker: me, made: now }, now)
      return unchanged(kept ? { done: true } : { refused: refusal('rate_limited', 'Too many invitations are open.') })
    }
    case 'uninvite':
      return uninvite(context, act.id)
    case 'join':
      return sql.transaction(() => join(context, me, act.hash, now))
    case 'found':
      if (!mayFound(context, me)) {
        return unchanged({ refused: refusal('conflict', 'This channel already exists.') })
      }
      return change(context, { by: me, user: me, to: { ...noOverride, role: 'owner', assigned: now } }, now)
    default:
      return act satisfies never
  }
}

/** Closes a user's sockets and takes from them what the channel gave. What lowers, mutes or bans them stays. */
function remove(context: RoomContext, by: string, user: string, now: number): Management {
  const before = context.members.find(user)
  // A role that was given is none any more; but it still limits, or who was lowered could undo it by leaving.
  const to =
    before.role === 'owner' ? { ...before, role: null, assigned: 0 } : { ...before, gone: before.role !== null }
  const isHere = context.presence.sessionsOf(user).size > 0
  return { ...change(context, { by, user, to, always: isHere }, now), removed: isHere ? user : null }
}

/**
 * Uses an invitation: it raises a user to its role, but changes no role that an owner gave them since it was made. For whom
 * it changes nothing, it is not used up.
 */
function join(context: RoomContext, user: string, hash: string, now: number): Management {
  const invitation = context.invitations.find(hash, now)
  if (invitation === null || !isWorth(context, invitation)) {
    const isKnown = mayBeHere(context, user) // to others a private channel does not exist
    const expired = refusal('not_found', 'This invitation has expired or is used up.')
    return unchanged({ refused: isKnown ? expired : noSuchChannel(context.channelName) })
  }
  const before = context.members.find(user)
  const to = joined(context, before, invitation)
  if (to === before) return unchanged({ member: memberEntry(context, user) })
  context.invitations.use(invitation)
  return change(context, { by: user, user, to }, now)
}

function joined(context: RoomContext, before: MemberOverride, { role, maker, made }: Invitation): MemberOverride {
  if (before.role === null) return { ...before, role, assigned: 0, gone: false }
  const isByOwner = maker !== null && standingOf(context, maker) === 'owner'
  const mayRaise = before.assigned === 0 || (isByOwner && made > before.assigned)
  const isLower = !atLeast(before.role, role)
  const assigned = before.assigned === 0 || !mayRaise ? before.assigned : made
  if (before.gone) return { ...before, gone: false, ...((mayRaise || !isLower) && { role, assigned }) }
  return mayRaise && isLower ? { ...before, role, assigned } : before
}

function uninvite({ invitations }: RoomContext, id: string | undefined): Management {
  if (id === undefined) invitations.clear()
  else if (!invitations.remove(id)) {
    return unchanged({ refused: refusal('not_found', 'There is no such invitation.') })
  }
  return unchanged({ done: true })
}

function unchanged(result: MembersResult): Management {
  return { result, outcome: nothing, removed: null }
}

function changed(before: MemberOverride, { role, muted, banned }: MemberChange, now: number): MemberOverride {
  return {
    ...before,
    ...(role !== undefined && { role, assigned: role === null ? 0 : now, gone: false }),
    ...(muted !== undefined && { muted }),
    ...(banned !== undefined && { banned }),
  }
}

/** A change of a user's override, and the user who makes it. `always`: an event is stored even if nothing differs. */
type OverrideChange = { by: string; user: string; to: MemberOverride; always?: boolean }

/** Stores a user's override, and an event if what it grants or refuses differs now. */
function change(context: RoomContext, { by, user, to, always = false }: OverrideChange, now: number): Management {
  const { members, log } = context
  const before = shown(context, user)
  if (to.role !== null || to.muted || to.banned) rememberPresent(context, user)
  members.set(user, to)
  const { role, muted, banned } = shown(context, user)
  const result = { member: memberEntry(context, user) }
  const isSame = before.role === role && before.muted === muted && before.banned === banned
  if (isSame && !always) return unchanged(result)
  const data = { user_id: user, role, muted, banned, by }
  const event = log.append({ type: 'member_changed', user: by, id: null, data }, now)
  return { result, outcome: outcome({ events: [event] }), removed: null }
}

/** An override as others see it: the role of somebody who left counts only as far as it limits their token's. */
function shown(context: RoomContext, user: string): Pick<MemberOverride, 'role' | 'muted' | 'banned'> {
  const { role, muted, banned, gone } = context.members.find(user)
  const limits = role !== null && !atLeast(role, tokenRoleOf(context, user))
  return { role: gone && !limits ? null : role, muted, banned }
}

/** Remembers the role of a user's token as long as they are here to show it. */
function rememberPresent(context: RoomContext, user: string): void {
  const role: PersonRole = tokenRoleOf(context, user)
  if (role !== 'member' && context.members.tokenRole(user) === null) context.members.rememberToken(user, role)
}

function entriesOf(context: RoomContext, now: number): InvitationEntry[] {
  return context.invitations.open(now).map(one => {
    const { role, uses, maker: by, expires } = one
    return { id: invitationId(one), role, uses, by, expires_at: timestamp(expires) }
  })
}
