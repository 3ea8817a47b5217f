import type { User } from '../../protocol/roles.ts'
import type { Entry } from './timeline.ts'

/** What was said since the reader last looked. */
export type Unread = { count: number; mentions: number; first: number | null } // first: seq of the first unread line

/** Counts from the end back to what was read; one's own lines are read by writing them. */
export function unreadOf(entries: readonly Entry[], read: number | null, me: User | null): Unread {
  let count = 0
  let mentions = 0
  let first: number | null = null
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index]
    if (entry === undefined || read === null || entry.seq <= read) break
    if (entry.author === null || entry.deleted) continue
    if (entry.author.kind === 'person' && entry.author.id === me?.id) break
    count++
    first = entry.seq
    if (me !== null && isMentioned(entry.content, me.name)) mentions++
  }
  return { count, mentions, first }
}

/** Is `@name` in the text as a word of its own? */
export function isMentioned(text: string, name: string): boolean {
  const lower = text.toLowerCase()
  const wanted = `@${name.toLowerCase()}`
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + 1)) {
    const before = lower[at - 1] ?? ' '
    const after = lower[at + wanted.length] ?? ' '
    if (!/[\p{L}\p{N}_]/u.test(before) && !/[\p{L}\p{N}_-]/u.test(after)) return true
  }
  return false
}
