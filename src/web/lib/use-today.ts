import { useSyncExternalStore } from 'react'
import { dayKey } from './format-time.ts'

// A page that stays open for days: what is called "Today" has another name after midnight.

let now = Date.now()
let timer: ReturnType<typeof setTimeout> | null = null
const listeners = new Set<() => void>()

/** Returns a time of today (ms since the Unix epoch), and renders again when another day begins. */
export const useToday = (): number => useSyncExternalStore(subscribe, read, read)

function read(): number {
  const next = Date.now()
  if (dayKey(next) !== dayKey(now)) now = next
  return now
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (listeners.size === 1) wait()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== null) clearTimeout(timer)
  }
}

/** Waits for midnight. A computer that slept is late, and the next second makes up for it. */
function wait(): void {
  timer = setTimeout(() => {
    read()
    for (const listener of listeners) listener()
    wait()
  }, msUntilMidnight(Date.now()))
}

/** Returns the ms until the day after this time begins, and a second more, in the reader's own time zone. */
export function msUntilMidnight(at: number): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - at + 1_000
}
