import { useSyncExternalStore } from 'react'
import { storageKeys } from '../lib/storage.ts'

// The circles this reader has opened on this device, oldest first.

const key = storageKeys.recent
const maxCircles = 60 // each has a socket; browsers allow 255 to one server

/** Adds a circle to the end of the list; at most 60 are kept. */
export function addRecentCircle(name: string): void {
  const names = recentCircles()
  if (names.includes(name)) return // the list keeps its order: an entry that moves cannot be clicked
  write([...names, name].slice(-maxCircles))
}

/** Removes a circle from the list. */
export function removeRecentCircle(name: string): void {
  write(recentCircles().filter(other => other !== name))
}

/** Returns the names of the recent circles: the same array until the list changes. */
export function recentCircles(): readonly string[] {
  const text = localStorage.getItem(key)
  if (text !== cached.text) cached = { text, names: parse(text) }
  return cached.names
}

/** Returns the names of the recent circles and renders again when the list changes, also from another tab. */
export const useRecentCircles = (): readonly string[] => useSyncExternalStore(subscribe, recentCircles)

let cached: { text: string | null; names: readonly string[] } = { text: null, names: [] }

function parse(text: string | null): readonly string[] {
  try {
    const names: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(names) ? names.filter(name => typeof name === 'string') : []
  } catch {
    return []
  }
}

function write(names: readonly string[]): void {
  localStorage.setItem(key, JSON.stringify(names))
  dispatchEvent(new Event('circles recent'))
}

function subscribe(onChange: () => void): () => void {
  addEventListener('circles recent', onChange)
  addEventListener('storage', onChange)
  return () => {
    removeEventListener('circles recent', onChange)
    removeEventListener('storage', onChange)
  }
}
