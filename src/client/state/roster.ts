import type { Member } from '../../protocol/frames.ts'
import type { Frame } from '../frames.ts'

/** The members who are online. Above 200 the server sends only their count. */
type Roster = { members: readonly Member[]; count: number }

/** The roster after a frame; the same object if the frame does not change it. */
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
