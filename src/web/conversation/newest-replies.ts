import type { MessageRow } from './rows.ts'

/** The last `count` replies, or as many more as it takes to have the target among them. The first names its author. */
export function newestReplies(replies: readonly MessageRow[], count: number, target: number | null): MessageRow[] {
  const at = target === null ? -1 : replies.findIndex(({ entry }) => entry?.seq === target)
  const start = Math.max(0, replies.length - count)
  const [first, ...others] = replies.slice(at < 0 ? start : Math.min(start, at))
  return first === undefined ? [] : [first.continued ? { ...first, continued: false } : first, ...others]
}
