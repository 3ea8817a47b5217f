import type { Frame } from '../frames.ts'

/** Someone who shows as typing from one time to another (ms of the client's clock for waits). */
export type Typist = { user_id: string; user_name: string; from: number; until: number }

const lastsMs = 7_000 // the server ends it after 6 s; this is for the case that its frame does not arrive
const reportMs = 2_200 // the server reports one user at most every 2 s

/** The typists after a frame; the same array if the frame does not change them. */
export function withTyping(typists: readonly Typist[], frame: Frame, now: number): readonly Typist[] {
  if (frame.type === 'welcome') return none
  if (frame.type === 'typing') {
    const { user_id, user_name, active } = frame.data
    const others = typists.filter(typist => typist.user_id !== user_id)
    return active ? [...others, { user_id, user_name, from: now, until: now + lastsMs }] : others
  }
  if (frame.type !== 'message') return typists
  // The author of a message has stopped typing. The server reports that a little later, or not at all if they type
  // again by then; so they are hidden until it would have reported it, and show again unless it has.
  const { user_id } = frame.data
  const isAuthor = (typist: Typist): boolean => typist.user_id === user_id
  return typists.some(isAuthor)
    ? typists.map(typist => (isAuthor(typist) ? { ...typist, from: now + reportMs } : typist))
    : typists
}

/** The typists to show now; `before` itself if they are the same people. */
export function typingAt(typists: readonly Typist[], now: number, before: readonly Typist[]): readonly Typist[] {
  const active = typists.filter(({ from, until }) => from <= now && now < until)
  const same = active.length === before.length && active.every((typist, at) => typist.user_id === before[at]?.user_id)
  return same ? before : active
}

/** The next time (ms) at which `typingAt` changes by itself, or null. */
export function nextTyping(typists: readonly Typist[], now: number): number | null {
  const next = Math.min(...typists.flatMap(({ from, until }) => [from, until]).filter(at => at > now))
  return next === Infinity ? null : next
}

const none: readonly Typist[] = []
