import type { InboxItem } from '../../protocol/inbox.ts'

/** Returns the message that says what an item is about, with the name of whoever it comes from. */
export function itemKey({ kind, root }: Pick<InboxItem, 'kind' | 'root'>) {
  if (kind === 'mention') return root === null ? 'inbox.mention' : 'inbox.mentionInThread'
  if (kind === 'reply') return 'inbox.reply'
  if (kind === 'direct') return 'inbox.direct'
  return kind === 'approval' ? 'inbox.approval' : 'inbox.failure'
}
