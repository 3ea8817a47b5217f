import type { Member } from '../protocol/frames.ts'
import type { Frame } from './frames.ts'

/** Who is here. Above 200 people only the count is told. */
export type Roster = { members: readonly Member[]; count: number }

/** Somebody who is typing, until told otherwise or until `until`. */
export type Typist = { user_id: string; user_name: string; until: number }

const typingMs = 7_000 // the server ends it after 6 s; this is for the case that it cannot

export function withRoster(roster: Roster, frame: Frame): Roster {
  if (frame.type === 'welcome') return { members: byName(frame.data.members), count: frame.data.member_count }
  if (frame.type !== 'presence') return roster
  const { joined, left, changed, count } = frame.data
  const members = new Map(roster.members.map(member => [member.id, member]))
  for (const member of [...joined, ...changed]) members.set(member.id, member)
  for (const member of left) members.delete(member.id)
  return { members: byName([...members.values()]), count }
}

const byName = (members: readonly Member[]): readonly Member[] =>
  [...members].sort((one, other) => one.name.localeCompare(other.name))

export function withTyping(typists: readonly Typist[], frame: Frame, now: number): readonly Typist[] {
  if (frame.type === 'welcome') return none
  if (frame.type === 'message') return withoutTypist(typists, frame.data.user_id)
  if (frame.type !== 'typing') return typists
  const { user_id, user_name, active } = frame.data
  const others = withoutTypist(typists, user_id)
  return active ? [...others, { user_id, user_name, until: now + typingMs }] : others
}

/** Those who are still typing at `now`. */
export function stillTyping(typists: readonly Typist[], now: number): readonly Typist[] {
  return typists.some(({ until }) => until <= now) ? typists.filter(({ until }) => until > now) : typists
}

const none: readonly Typist[] = []

function withoutTypist(typists: readonly Typist[], user: string): readonly Typist[] {
  return typists.some(({ user_id }) => user_id === user) ? typists.filter(({ user_id }) => user_id !== user) : typists
}
