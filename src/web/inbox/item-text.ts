import type { InboxItem } from '../../protocol/inbox.ts'

/** What an item is about, after the name of whoever it comes from. */
export function itemText({ kind, root }: Pick<InboxItem, 'kind' | 'root'>): string {
  if (kind === 'mention') return root === null ? 'mentioned you' : 'mentioned you in a thread'
  if (kind === 'reply') return 'replied in a thread'
  return kind === 'approval' ? 'waits for your decision' : 'could not answer you'
}
