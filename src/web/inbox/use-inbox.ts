import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { Channel } from '../../client/client.ts'
import type { InboxItem } from '../../protocol/inbox.ts'
import type { Caller } from '../lib/caller.ts'
import { InboxStore, isMarked, messageOf } from './inbox-store.ts'
import type { UnreadCounts } from './watch-unread.ts'

/** The reader's inbox. */
export const InboxContext = createContext(new InboxStore())

/** Opens the inbox of the reader for as long as they are signed in. */
export function useOpenInbox(caller: Caller): InboxStore {
  const [store] = useState(() => new InboxStore())
  useEffect(() => store.open(caller), [store, caller])
  return store
}

/** Returns what waits for the reader, newest first. */
export function useInbox(): readonly InboxItem[] {
  const store = useContext(InboxContext)
  return useSyncExternalStore(
    store.subscribe,
    () => store.items,
    () => store.items,
  )
}

/** Returns how many messages the reader has not read, by channel: also of those to which this page has no socket. */
export function useUnreadCounts(): UnreadCounts {
  const store = useContext(InboxContext)
  return useSyncExternalStore(
    store.subscribe,
    () => store.unread,
    () => store.unread,
  )
}

/** Marks what waits in a channel, or in one of its threads, as read up to a seq. */
export function useMarkInboxRead(channel: Channel, seq: number, root: number | null): void {
  const store = useContext(InboxContext)
  const items = useInbox()
  const { name } = channel
  useEffect(() => {
    const mark = { channel: name, seq, root, only: false }
    if (seq > 0 && items.some(item => isMarked(item, mark))) store.markRead(mark)
  }, [store, items, name, seq, root])
}

/** Marks what is about one message as read: the reader was led to it. Null: to none. */
export function useMarkItemRead(channel: Channel, seq: number | null): void {
  const store = useContext(InboxContext)
  const items = useInbox()
  const { name } = channel
  useEffect(() => {
    for (const item of items) {
      const mark = { channel: name, seq: item.seq, root: null, only: true }
      if (messageOf(item) === seq && isMarked(item, mark)) store.markRead(mark)
    }
  }, [store, items, name, seq])
}
