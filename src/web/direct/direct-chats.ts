import { useSyncExternalStore } from 'react'
import type { DirectChat } from '../../protocol/direct.ts'
import { storageKeys } from '../lib/storage.ts'
import { type Identity, personOf, useIdentity } from '../nav/identity.ts'

// The private chats of this reader that are known on this device, oldest first. Guests have no other list of them.

const maxChats = 30 // each has a socket
const changed = 'circles direct'

/** Adds a private chat to the list, or what is new about it. */
export function keepChat(identity: Identity, chat: DirectChat): void {
  const others = chatsOf(identity)
  const at = others.findIndex(({ channel }) => channel === chat.channel)
  if (JSON.stringify(others[at]) === JSON.stringify(chat)) return
  write(identity, at < 0 ? [...others, chat].slice(-maxChats) : others.with(at, chat))
}

/** Removes a private chat from the list. */
export function dropChat(identity: Identity, channel: string): void {
  const others = chatsOf(identity).filter(chat => chat.channel !== channel)
  write(identity, others)
}

/** Returns the private chats that are known on this device, and renders again when they change. */
export function useDirectChats(): readonly DirectChat[] {
  const identity = useIdentity()
  return useSyncExternalStore(subscribe, () => chatsOf(identity))
}

/** Returns what is known of a private chat; null: nothing yet, or the channel is none. */
export function useDirectChat(channel: string): DirectChat | null {
  return useDirectChats().find(chat => chat.channel === channel) ?? null
}

const keyOf = (identity: Identity): string => `${storageKeys.direct} ${personOf(identity)}`

let cached: { key: string; text: string | null; chats: readonly DirectChat[] } = { key: '', text: null, chats: [] }

/** The private chats of a reader that are known on this device: the same array until that changes. */
export function chatsOf(identity: Identity): readonly DirectChat[] {
  const key = keyOf(identity)
  const text = localStorage.getItem(key)
  if (key !== cached.key || text !== cached.text) cached = { key, text, chats: parse(text) }
  return cached.chats
}

function parse(text: string | null): readonly DirectChat[] {
  try {
    const chats: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(chats) ? chats.filter(chat => typeof chat?.user?.name === 'string') : []
  } catch {
    return []
  }
}

function write(identity: Identity, chats: readonly DirectChat[]): void {
  localStorage.setItem(keyOf(identity), JSON.stringify(chats))
  dispatchEvent(new Event(changed))
}

function subscribe(onChange: () => void): () => void {
  addEventListener(changed, onChange)
  addEventListener('storage', onChange)
  return () => {
    removeEventListener(changed, onChange)
    removeEventListener('storage', onChange)
  }
}
