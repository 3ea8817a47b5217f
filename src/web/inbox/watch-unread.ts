import type { UnreadChannel } from '../../protocol/inbox.ts'
import { request } from '../lib/api.ts'
import type { Caller } from '../lib/caller.ts'

const pauseMs = 15_000
const hiddenPauseMs = 60_000
const validMs = 120_000 // the server forgets what was active before

/** How many messages of others are unread, by channel. */
export type UnreadCounts = ReadonlyMap<string, number>

/**
 * Asks how much the reader has not read: in all of their circles at first and after a long pause, and then in those where
 * something happens. It goes on until the function that it returns is called.
 */
export function watchUnread(caller: Caller, onCounts: (counts: UnreadCounts) => void): () => void {
  let counts: UnreadCounts = new Map()
  let answeredAt = Number.NEGATIVE_INFINITY // ms
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false

  const ask = async (): Promise<void> => {
    clearTimeout(timer)
    const now = performance.now()
    const isValid = now - answeredAt < validMs
    try {
      const path = `/api/me/unread${isValid ? '?active=true' : ''}`
      const { channels } = await request<{ channels: UnreadChannel[] }>(caller, path)
      answeredAt = now
      counts = withAnswer(isValid ? counts : new Map(), channels)
      if (!isOver) onCounts(counts)
    } catch {} // it is asked again
    clearTimeout(timer) // of another that began meanwhile
    if (!isOver) timer = setTimeout(ask, document.hidden ? hiddenPauseMs : pauseMs)
  }
  const onVisible = (): void => void (document.hidden ? null : ask())

  void ask()
  addEventListener('visibilitychange', onVisible)
  return () => {
    isOver = true
    clearTimeout(timer)
    removeEventListener('visibilitychange', onVisible)
  }
}

/** The counts after an answer; a channel without unread messages has none. */
export function withAnswer(counts: UnreadCounts, answer: readonly UnreadChannel[]): UnreadCounts {
  const all = new Map(counts)
  for (const { channel, messages } of answer) all.set(channel, messages)
  return new Map([...all].filter(([, messages]) => messages > 0))
}
