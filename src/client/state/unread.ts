import type { User } from '../../protocol/roles.ts'
import type { Entry } from './timeline.ts'

/** The messages after the read position; `first` is the seq of the first one. */
export type Unread = { count: number; mentions: number; first: number | null }

/** Counts back from the end to the read position, or to a message of the user's own: to write is to have read. */
export function unreadOf(entries: readonly Entry[], lastRead: number | null, self: User | null): Unread {
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
    if (self !== null && isMentioned(entry.content, self.name)) mentions++
  }
  return { count, mentions, first }
}

/** True if the text contains `@name` as a word of its own. */
function isMentioned(text: string, name: string): boolean {
  const lower = text.toLowerCase()
  const mention = `@${name.toLowerCase()}`
  for (let at = lower.indexOf(mention); at >= 0; at = lower.indexOf(mention, at + 1)) {
    const before = lower[at - 1] ?? ' '
    const after = lower[at + mention.length] ?? ' '
    if (!/[\p{L}\p{N}_]/u.test(before) && !/[\p{L}\p{N}_-]/u.test(after)) return true
  }
  return false
}
