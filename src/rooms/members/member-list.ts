import type { MemberEntry } from '../../protocol/commands/member-schema.ts'
import { atLeast, type User } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { roleInForce } from './member-roles.ts'

/** Members in one page of a list, at most. */
export const maxListed = 1_000

/** A page of members, and whether others follow. */
type Page = { members: MemberEntry[]; more?: true }

/**
 * A page of the users who are here and those with an override, in the order of their ids. Who is muted and who is banned is for moderators, and for the user
 * themself; for others the list does not have the banned, and a mute does not show in the role.
 */
export function roster(context: RoomContext, reader: User, { after = '', limit = maxListed } = {}): Page {
  const { members, presence } = context
  const isModerator = atLeast(reader.role, 'moderator')
  const overrides = members.all(limit + 1, { after, isShownToAll: !isModerator }).map(({ user }) => user)
  const { role, muted, banned } = members.find(reader.id)
  const own = role !== null || muted || banned ? [reader.id] : []
  const ids = [...new Set([...presence.users(), ...overrides, ...own])]
    .filter(id => compareAsStored(id, after) > 0)
    .toSorted(compareAsStored)
  const entries = ids.slice(0, limit).map(id => memberEntry(context, id))
  const shown = (entry: MemberEntry) => (isModerator || entry.id === reader.id ? entry : redacted(context, entry))
  return { members: entries.flatMap(entry => shown(entry) ?? []), ...(ids.length > limit && { more: true }) }
}

/** Compares ids as SQLite does: by their code points, while `<` compares UTF-16. */
function compareAsStored(one: string, other: string): number {
  const [a, b] = [[...one], [...other]]
  const at = a.findIndex((character, index) => character !== b[index])
  return at === -1 ? a.length - b.length : (a[at]?.codePointAt(0) ?? 0) - (b[at]?.codePointAt(0) ?? -1)
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
