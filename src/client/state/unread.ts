import { isMentioned } from '../../protocol/mentions.ts'
import type { User } from '../../protocol/roles.ts'
import type { Entry } from './timeline.ts'

/** The messages after the read position; `first` is the seq of the first one. */
export type Unread = { count: number; mentions: number; first: number | null }

type Reader = { lastRead: number | null; self: User | null; names: readonly string[] }

/**
 * Counts back from the end to the read position, or to a message of the user's own: to write is to have read. `names`:
 * of the others who are here, because a mention of one of them may begin with the user's name.
 */
export function unreadOf(entries: readonly Entry[], { lastRead, self, names }: Reader): Unread {
  let count = 0
  let mentions = 0
  let first: number | null = null
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index]
    if (entry === undefined || lastRead === null || entry.seq <= lastRead) break
    if (entry.author === null || entry.deleted) continue
    if (entry.author.kind === 'person' && entry.author.id === self?.id) break
    count++
    first = entry.seq
    if (self !== null && isMentioned(entry.content, self.name, names)) mentions++
  }
  return { count, mentions, first }
}
