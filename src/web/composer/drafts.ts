import { useCaller, useUserKey } from '../lib/caller.ts'
import { storageKeys } from '../lib/storage.ts'

// What is written and not sent yet, on this device: it outlives another circle and a reload. Each person, channel and
// thread has a draft of its own.

/** Returns the key of a draft: `replyTo` is the first message of a thread. Without a person nothing is kept, and it is null. */
export function useDraftKey(channel: string, replyTo: number | undefined): string | null {
  const { by } = useCaller()
  const person = useUserKey()
  return person && `${storageKeys.draft} ${JSON.stringify([by, person, channel, replyTo ?? null])}`
}

/** Returns a draft, empty if there is none. */
export function loadDraft(key: string | null): string {
  try {
    return (key && localStorage.getItem(key)) ?? ''
  } catch {
    return '' // storage is forbidden
  }
}

/** Keeps a draft, or removes it if it is empty. */
export function storeDraft(key: string | null, text: string): void {
  try {
    if (key === null) return
    if (text === '') localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {
    // storage is full or forbidden: the draft lasts as long as the page
  }
}
