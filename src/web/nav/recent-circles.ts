import { useSyncExternalStore } from 'react'

// The circles this reader has been to, newest first, on this device.

const key = 'circles recent'
const most = 12

export function rememberCircle(name: string): void {
  const names = recentCircles()
  if (names.includes(name)) return // the list keeps its order: what jumps about cannot be clicked
  write([...names, name].slice(-most))
}

export function forgetCircle(name: string): void {
  write(recentCircles().filter(other => other !== name))
}

export function recentCircles(): readonly string[] {
  const text = localStorage.getItem(key)
  if (text !== cached.text) cached = { text, names: read(text) }
  return cached.names
}

/** The circles the reader has been to; renders again when there is another. */
export const useRecentCircles = (): readonly string[] => useSyncExternalStore(listen, recentCircles)

let cached: { text: string | null; names: readonly string[] } = { text: null, names: [] }

function read(text: string | null): readonly string[] {
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

function listen(changed: () => void): () => void {
  addEventListener('circles recent', changed)
  addEventListener('storage', changed)
  return () => {
    removeEventListener('circles recent', changed)
    removeEventListener('storage', changed)
  }
}
