import type { Member, PresenceDiff, Welcome } from '../protocol/frames.ts'
import type { Frames } from './wire.ts'

/**
 * Who is in the circle, as members of a relay were told. What happens while the relay is cut off they are not told, and the
 * circle does not know how much of what it sent last has arrived: so the relay tells it whom they see.
 */
export class Roster {
  readonly #members: Map<string, Member>

  constructor(members: readonly Member[]) {
    this.#members = new Map(members.map(member => [member.id, member]))
  }

  members(): Member[] {
    return [...this.#members.values()]
  }

  /** Takes frames that native members are sent. Only those with ephemeral ones have presence in them. */
  note({ f, d }: Frames): void {
    for (const text of f) {
      if (text.startsWith('{"type":"welcome"')) this.#welcome(JSON.parse(text) as { data: Welcome })
      else if (d !== undefined && text.includes('"type":"presence"')) this.#presence(JSON.parse(text))
    }
  }

  /** Nobody here sees a roster any more. */
  clear(): void {
    this.#members.clear()
  }

  #welcome({ data }: { data: Welcome }): void {
    for (const member of data.members) this.#members.set(member.id, member) // others may see some who are not in it any more
  }

  #presence(read: unknown): void {
    for (const { type, data } of [read].flat() as { type: string; data: PresenceDiff }[]) {
      if (type !== 'presence') continue
      for (const member of [...data.joined, ...data.changed]) this.#members.set(member.id, member)
      for (const { id } of data.left) this.#members.delete(id)
    }
  }
}
