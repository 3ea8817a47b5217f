import { useEffect, useSyncExternalStore } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { storageKeys } from '../lib/storage.ts'

// How far the reader has seen each thread, on this device. Reading the conversation does not show what is in its threads.

/** `base`: replies up to this seq were there when the reader first came; `roots`: how far each thread was seen. */
type Seen = { base: number; roots: Record<string, number> }

const maxThreads = 200 // the latest that were opened
const listeners = new Set<() => void>()
const cache = new Map<string, Seen>()

/** Returns the seq of the last reply that the reader has seen in the thread of this message. */
export function useSeenReply(channel: Channel, root: number): number {
  const reader = useChannel(channel, state => state.self?.id ?? null)
  return useSyncExternalStore(
    subscribe,
    () => (reader === null ? Number.POSITIVE_INFINITY : seenIn(channel, reader, root)),
    () => Number.POSITIVE_INFINITY,
  )
}

/** Notes that the reader sees the thread of this message, up to `seq`, while the window is in use. */
export function useMarkRepliesSeen(channel: Channel, root: number, seq: number): void {
  const reader = useChannel(channel, state => state.self?.id ?? null)
  useEffect(() => {
    const mark = (): void => {
      if (reader !== null && document.hasFocus()) markSeen(channel, reader, { root, seq })
    }
    mark()
    addEventListener('focus', mark)
    return () => removeEventListener('focus', mark)
  }, [channel, reader, root, seq])
}

function seenIn(channel: Channel, reader: string, root: number): number {
  const { base, roots } = load(channel, reader)
  return Math.max(base, roots[root] ?? 0)
}

function markSeen(channel: Channel, reader: string, { root, seq }: { root: number; seq: number }): void {
  const { base, roots } = load(channel, reader)
  if (seq <= Math.max(base, roots[root] ?? 0)) return
  const { [root]: _, ...others } = roots
  const kept = Object.entries<number>({ ...others, [root]: seq }).slice(-maxThreads)
  store(keyOf(channel, reader), { base, roots: Object.fromEntries(kept) })
}

const keyOf = ({ name }: Channel, reader: string): string => `${storageKeys.threads} ${JSON.stringify([reader, name])}`

function load(channel: Channel, reader: string): Seen {
  const key = keyOf(channel, reader)
  const known = cache.get(key) ?? read(key)
  if (known !== null) {
    cache.set(key, known)
    return known
  }
  const { lastRead, position } = channel.state
  const first: Seen = { base: lastRead ?? position, roots: {} }
  store(key, first)
  return first
}

function read(key: string): Seen | null {
  try {
    const value: Seen | null = JSON.parse(localStorage.getItem(key) ?? 'null')
    return typeof value?.base === 'number' && typeof value.roots === 'object' ? value : null
  } catch {
    return null // written by another program, or storage is forbidden
  }
}

function store(key: string, seen: Seen): void {
  cache.set(key, seen)
  try {
    localStorage.setItem(key, JSON.stringify(seen))
  } catch {
    // storage is full or forbidden: it is known as long as the page lasts
  }
  queueMicrotask(() => {
    for (const listener of listeners) listener()
  })
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
