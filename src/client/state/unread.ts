import type { User } from '../../protocol/roles.ts'
import { OnDemand } from '../on-demand.ts'
import type { Entry } from './timeline.ts'

/** The messages of others after the read position; `first` is the seq of the first one. */
export type Unread = { count: number; mentions: number; first: number | null }

/** The reader of mentions: it has to know Markdown, which is a third of this client. */
export const mentionReader = new OnDemand(() => import('../../protocol/mentions.ts'))

type Reader = { lastRead: number | null; self: User | null; names: readonly string[] }

/**
 * Counts the messages of others back from the end to the read position. `names`: of the others who are here, because a
 * mention of one of them may begin with the user's name. As long as the reader of mentions is not loaded there are none;
 * `onLoad` is called once it is.
 */
export function unreadOf(
  entries: readonly Entry[],
  { lastRead, self, names }: Reader,
  onLoad: () => void = () => {},
): Unread {
  const { module } = mentionReader
  let count = 0
  let mentions = 0
  let first: number | null = null
  let isUnsure = false
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index]
    if (entry === undefined || lastRead === null || entry.seq <= lastRead) break
    if (entry.author === null || entry.deleted) continue
    if (entry.author.kind === 'person' && entry.author.id === self?.id) continue
    count++
    first = entry.seq
    if (self === null || !entry.content.includes('@')) continue
    isUnsure ||= module === null
    if (module?.isMentioned(entry.content, self.name, names)) mentions++
  }
  if (isUnsure) mentionReader.load().then(onLoad, () => {}) // the next message tries again
  return { count, mentions, first }
}
