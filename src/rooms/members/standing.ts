import type { Principal } from '../../auth/principal.ts'
import { noSuchChannel, type Refusal } from '../../protocol/errors.ts'
import { atLeast, type PersonRole } from '../../protocol/roles.ts'
import { type HookContext, leastWriter } from '../hooks.ts'
import { refusal } from '../outcome.ts'
import type { Presence } from '../sessions/presence.ts'
import type { Session, SessionId } from '../sessions/session.ts'
import type { Invitation, Invitations } from './invitations.ts'
import { type MemberRoles, roleInForce } from './member-roles.ts'

// The rights of users who need not be here: those who made an invitation, prompted a turn, or are to be banned.

/** The parts of a room that rights depend on. */
export type StandingContext = HookContext & {
  name: string // of the channel
  members: MemberRoles
  presence: Presence
  sessions: ReadonlyMap<SessionId, Session>
}

/** The reason a user may not be here at all, or null. */
export function banReason({ members, settings, kind, name }: StandingContext, principal: Principal): Refusal | null {
  if (principal.role === 'owner') return null
  const { role, banned, gone } = members.find(principal.id)
  if (banned) return refusal('banned', 'You are banned here.')
  const isAdmitted = principal.inForce !== undefined // our Worker says so: by a signed address, or the circle of a document
  const isOpen = settings.value.visibility === 'public' || kind.isDirect(name) || isAdmitted
  return isOpen || (role !== null && !gone) ? null : noSuchChannel(`${kind.kind}:${name}`) // its existence is private, too
}

/** The role that a user's token grants, as far as it is known: a user who was never seen counts as a member. */
export function tokenRoleOf({ members, presence, sessions }: StandingContext, user: string): PersonRole {
  const remembered = members.tokenRole(user)
  if (remembered !== null && remembered !== 'revoked') return remembered
  const [open] = presence.sessionsOf(user)
  return (open === undefined ? null : sessions.get(open)?.principal.role) ?? 'member'
}

/** The role that a user has here now, or null: they may not be here, or their tokens were revoked. */
export function standingOf(context: StandingContext, user: string): PersonRole | null {
  const { members } = context
  if (members.tokenRole(user) === 'revoked') return null
  const principal = principalOf(user, tokenRoleOf(context, user))
  return banReason(context, principal) === null ? roleInForce(principal, members.find(user)) : null
}

/** Returns whether a user may be here, present or not. */
export function mayBeHere(context: StandingContext, user: string): boolean {
  return banReason(context, principalOf(user, tokenRoleOf(context, user))) === null
}

/** Returns whether a user may write here now, present or not. */
export function mayWrite(context: StandingContext, user: string): boolean {
  const role = standingOf(context, user)
  const least = leastWriter(context)
  return role !== null && least !== null && atLeast(role, least)
}

/** Returns whether somebody with this role may give another: owners any, moderators those below their own. */
export function mayGive(actor: PersonRole, role: PersonRole): boolean {
  return actor === 'owner' || (actor === 'moderator' && !atLeast(role, 'moderator'))
}

/** Returns whether the maker of an invitation may still give its role. One whose maker is not known makes members. */
export function isWorth(context: StandingContext, { maker, role }: Pick<Invitation, 'maker' | 'role'>): boolean {
  if (maker === null) return mayGive('moderator', role)
  const standing = standingOf(context, maker)
  return standing !== null && mayGive(standing, role)
}

/** Deletes the invitations that their makers could not make any more. */
export function dropInvitations(context: StandingContext & { invitations: Invitations }): void {
  for (const invitation of context.invitations.all()) {
    if (!isWorth(context, invitation)) context.invitations.remove(invitation.hash)
  }
}

function principalOf(id: string, role: PersonRole): Principal {
  return { id, name: '', kind: /^guest:/.test(id) ? 'guest' : 'person', role, expires: null }
}
