import type { Frame } from '../frames.ts'

/** Somebody who types, from one moment to another (ms). */
export type Typist = { user_id: string; user_name: string; from: number; until: number }

const lastsMs = 7_000 // the server ends it after 6 s; this is for the case that it cannot
const pauseMs = 2_200 // the server tells of one user every 2 s at most

export function withTyping(typists: readonly Typist[], frame: Frame, now: number): readonly Typist[] {
  if (frame.type === 'welcome') return none
  if (frame.type === 'typing') {
    const { user_id, user_name, active } = frame.data
    const others = typists.filter(typist => typist.user_id !== user_id)
    return active ? [...others, { user_id, user_name, from: now, until: now + lastsMs }] : others
  }
  if (frame.type !== 'message') return typists
  // Who said a line has stopped. The server says so a little later, or not at all if they type again by then.
  const { user_id } = frame.data
  const says = (typist: Typist): boolean => typist.user_id === user_id
  return typists.some(says)
    ? typists.map(typist => (says(typist) ? { ...typist, from: now + pauseMs } : typist))
    : typists
}

/** Those who type at this moment; the same array as before if they are the same. */
export function typingAt(typists: readonly Typist[], now: number, before: readonly Typist[]): readonly Typist[] {
  const active = typists.filter(({ from, until }) => from <= now && now < until)
  const same = active.length === before.length && active.every((typist, at) => typist.user_id === before[at]?.user_id)
  return same ? before : active
}

/** When that changes by itself next (ms), or null. */
export function nextTyping(typists: readonly Typist[], now: number): number | null {
  const next = Math.min(...typists.flatMap(({ from, until }) => [from, until]).filter(at => at > now))
  return next === Infinity ? null : next
}

const none: readonly Typist[] = []
