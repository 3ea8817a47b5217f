import type { MemberEntry } from '../../protocol/commands/member-schema.ts'
import { atLeast, type User } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { roleInForce } from './member-roles.ts'

const maxListed = 1_000 // members in one list

/**
 * The users who are here and those with an override. Who is muted and who is banned is for moderators, and for the user
 * themself; for others the list does not have the banned, and a mute does not show in the role.
 */
export function roster(context: RoomContext, reader: User): MemberEntry[] {
  const overrides = context.members.all(maxListed)
  const here = context.presence.members().filter(member => member.sessions > 0)
  const ids = new Set([...here.map(member => member.id), ...overrides.map(({ user }) => user)])
  const entries = [...ids].map(id => memberEntry(context, id))
  if (atLeast(reader.role, 'moderator')) return entries
  return entries.flatMap(entry => (entry.id === reader.id ? entry : (redacted(context, entry) ?? [])))
}

/** The entry of one user. */
export function memberEntry({ members, presence, sessions }: RoomContext, id: string): MemberEntry {
  const { role, muted, banned, gone, assigned } = members.find(id)
  const open = presence.sessionsOf(id)
  const [first] = open
  const session = first === undefined ? undefined : sessions.get(first)
  const principal = session?.principal ?? null
  const own = gone ? null : role
  const inForce = principal === null ? own : roleInForce(principal, { role, muted, banned, gone, assigned })
  return { id, name: session?.user.name ?? null, role: inForce, muted, banned, sessions: open.size }
}

/** An entry as members and readers see it, or null: they do not see it at all. */
function redacted(context: RoomContext, entry: MemberEntry): MemberEntry | null {
  const { id, name, role, sessions, muted } = entry
  if (sessions > 0) return { id, name, role: muted ? unmutedRole(context, entry) : role, sessions }
  return entry.banned === true || role === null ? null : { id, name, role, sessions }
}

function unmutedRole({ members, presence, sessions }: RoomContext, { id, role }: MemberEntry): MemberEntry['role'] {
  const [first] = presence.sessionsOf(id)
  const principal = first === undefined ? null : (sessions.get(first)?.principal ?? null)
  return principal === null ? role : roleInForce(principal, { ...members.find(id), muted: false })
}
