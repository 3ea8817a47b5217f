import type { MemberAct } from '../../protocol/commands/member-schema.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { atLeast, type PersonRole } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { roleInForce } from './member-roles.ts'
import { mayGive, tokenRoleOf } from './standing.ts'

/**
 * Returns the reason why an act is refused, or null. Moderators act on lower roles; only owners change roles. That the
 * sender may be here was checked before.
 */
export function refuseMemberAct(context: RoomContext, session: Session, act: MemberAct): Refusal | null {
  const { id, role } = session.user
  switch (act.do) {
    case 'join':
    case 'list':
      return null
    case 'found':
      return atLeast(role, 'member') ? null : refusal('read_only', 'You can read here, but not write.')
    default:
  }
  if (act.do === 'remove' && act.user === id) return refuseLeaving(context, session)
  if (role === 'agent' || !atLeast(role, 'moderator')) return refusal('forbidden', 'Only moderators can do this.')
  switch (act.do) {
    case 'invite':
      return mayGive(role, act.role) ? null : refusal('forbidden', 'Only owners can invite moderators and owners.')
    case 'uninvite':
    case 'invitations':
      return null
    case 'change':
    case 'remove':
      return refuseChange(context, { id, role }, act)
    default:
      return act satisfies never
  }
}

/** The last owner may not leave: nobody could make another. An owner by token can, since the token still says so. */
function refuseLeaving({ members }: RoomContext, { user, principal }: Session): Refusal | null {
  const isOwner = members.find(user.id).role === 'owner' && principal.role !== 'owner'
  if (!isOwner || members.hasOwner(user.id)) return null
  return refusal('conflict', 'You are the only owner: make somebody else an owner first, or delete the circle.')
}

function refuseChange(
  context: RoomContext,
  actor: { id: string; role: PersonRole },
  act: Extract<MemberAct, { do: 'change' | 'remove' }>,
): Refusal | null {
  if (act.user === actor.id) return refusal('forbidden', 'You cannot change your own role.')
  if (/^agent:/.test(act.user)) return refusal('forbidden', 'An agent is not a member: configure the channel instead.')
  if (actor.role === 'owner') return null
  if (act.do === 'change' && act.change.role !== undefined) return refusal('forbidden', 'Only owners can change roles.')
  return atLeast(rankOf(context, act.user), actor.role)
    ? refusal('forbidden', 'You can only manage members with a lower role than yours.')
    : null
}

/** A user's role without a mute, which lowers no rank: one moderator must not be able to keep another muted. */
function rankOf(context: RoomContext, user: string): PersonRole {
  return roleInForce({ role: tokenRoleOf(context, user) }, { ...context.members.find(user), muted: false })
}
