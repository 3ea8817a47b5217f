import type { InboxFrame, InboxItem, InboxMark } from '../../protocol/inbox.ts'
import type { Caller } from '../lib/caller.ts'
import type { Feed } from '../lib/feed.ts'
import type { UnreadCounts } from './watch-unread.ts'

const source = { path: '/ws/me', resource: 'deployment:inbox', probe: '/api/me/inbox?limit=1' }

/** The counts before the server was asked. */
export const noCounts: UnreadCounts = new Map()

type Loaded = typeof import('./live.ts')

/** What waits for the reader in all of their circles. Guests have no inbox, and nothing waits in it. */
export class InboxStore {
  #items: readonly InboxItem[] = []
  #unread: UnreadCounts = noCounts
  #isLoaded = false
  #feed: Feed | null = null
  readonly #listeners = new Set<() => void>()

  /** Newest first. */
  get items(): readonly InboxItem[] {
    return this.#items
  }

  /** Whether what waits is known. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /** How many messages they have not read, by channel, as it was some seconds ago. */
  get unread(): UnreadCounts {
    return this.#unread
  }

  /** Listens for what comes, until the function that it returns is called. */
  open(caller: Caller): () => void {
    if (caller.by === 'name') return () => {}
    let isOpen = true
    let stop = (): void => {}
    const start = ({ openFeed, watchUnread }: Loaded): void => {
      if (!isOpen) return
      stop = watchUnread(caller, counts => {
        this.#unread = counts
        this.#changed()
      })
      this.#feed = openFeed<InboxFrame>(caller, source, {
        onFrame: frame => {
          this.#isLoaded ||= frame.type === 'inbox'
          this.#set(withInboxFrame(this.#items, frame))
        },
        onState: () => {}, // the circles say that there is no connection
      })
    }
    import('./live.ts').then(start, () => {}) // guests do not load them
    return () => {
      isOpen = false
      stop()
      this.#feed?.close()
    }
  }

  /** Marks items as read, here and on the reader's other devices. */
  markRead(mark: InboxMark): void {
    this.#feed?.send({ type: 'read', data: mark })
    this.#set(withInboxFrame(this.#items, { type: 'inbox_read', data: mark }))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #set(items: readonly InboxItem[]): void {
    this.#items = items
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** The unread items after a frame, newest first. */
export function withInboxFrame(items: readonly InboxItem[], frame: InboxFrame): readonly InboxItem[] {
  switch (frame.type) {
    case 'inbox':
      return frame.data.items
    case 'inbox_item':
      return [
        frame.data,
        ...items.filter(({ channel, seq }) => channel !== frame.data.channel || seq !== frame.data.seq),
      ]
    case 'inbox_read':
      return items.filter(item => !isMarked(item, frame.data))
    case 'inbox_closed':
      return items.filter(({ channel, approval }) => channel !== frame.data.channel || approval !== frame.data.approval)
    default:
      return items // of a later server
  }
}

/** The seq of the event to which an item leads. */
export const messageOf = ({ message, seq }: InboxItem): number => message ?? seq

/** Is an item read by this mark? A request for approval waits until it is decided. */
export const isMarked = ({ channel, kind, seq, root }: InboxItem, mark: InboxMark): boolean =>
  channel === mark.channel &&
  kind !== 'approval' &&
  (mark.only ? seq === mark.seq : seq <= mark.seq && root === mark.root)
