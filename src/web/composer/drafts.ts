import { storageKeys } from '../lib/storage.ts'
import { personOf, useIdentity } from '../nav/identity.ts'

// What is written and not sent yet, on this device: it outlives another circle and a reload. Each person, channel and
// thread has a draft of its own.

/** Returns the key of a draft: `replyTo` is the first message of a thread. */
export function useDraftKey(channel: string, replyTo: number | undefined): string {
  const identity = useIdentity()
  return `${storageKeys.draft} ${JSON.stringify([identity.by, personOf(identity), channel, replyTo ?? null])}`
}

/** Returns a draft, empty if there is none. */
export function loadDraft(key: string): string {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return '' // storage is forbidden
  }
}

/** Keeps a draft, or removes it if it is empty. */
export function storeDraft(key: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {
    // storage is full or forbidden: the draft lasts as long as the page
  }
}
