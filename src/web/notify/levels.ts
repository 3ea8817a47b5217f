import { useSyncExternalStore } from 'react'
import type { NotificationLevel } from '../../protocol/notifications.ts'
import { request } from '../lib/api.ts'
import { storageKeys } from '../lib/storage.ts'
import { type Identity, personOf, useIdentity } from '../nav/identity.ts'

// Of what this reader is told, by channel: on this device, and for those who have an inbox also on the server.

/** What the reader has chosen on this device. */
type Choices = { levels: Readonly<Record<string, NotificationLevel>>; privateTexts: boolean }

const changed = 'circles notify'
const none: Choices = { levels: {}, privateTexts: false }

/** Of what the reader is told in a channel: what is for them, unless they have chosen otherwise. */
export const levelIn = (identity: Identity, channel: string): NotificationLevel =>
  new Map(Object.entries(choicesOf(identity).levels)).get(channel) ?? 'mentions'

/** Whether notifications show the texts of private circles, too. */
export const showsPrivateTexts = (identity: Identity): boolean => choicesOf(identity).privateTexts

/** Keeps what the reader wants to be told in a channel, here and on the server. */
export async function setLevel(identity: Identity, channel: string, level: NotificationLevel): Promise<void> {
  const { levels } = choicesOf(identity)
  write(identity, { levels: { ...levels, [channel]: level } })
  if (identity.by === 'token')
    await request(identity, '/api/me/notifications', { method: 'PATCH', body: { channel, level } })
}

/** Keeps whether the texts of private circles are shown. */
export const setPrivateTexts = (identity: Identity, privateTexts: boolean): void => write(identity, { privateTexts })

/** Takes what the reader has chosen on another device. */
export const takeLevels = (identity: Identity, all: readonly { channel: string; level: NotificationLevel }[]): void =>
  write(identity, { levels: Object.fromEntries(all.map(({ channel, level }) => [channel, level])) })

/** Returns of what the reader is told in a channel, and renders again when that changes. */
export function useLevel(channel: string): NotificationLevel {
  const identity = useIdentity()
  return useSyncExternalStore(subscribe, () => levelIn(identity, channel))
}

/** Returns whether notifications show the texts of private circles, and renders again when that changes. */
export function usePrivateTexts(): boolean {
  const identity = useIdentity()
  return useSyncExternalStore(subscribe, () => showsPrivateTexts(identity))
}

const keyOf = (identity: Identity): string => `${storageKeys.notify} ${personOf(identity)}`

function choicesOf(identity: Identity): Choices {
  try {
    return { ...none, ...JSON.parse(localStorage.getItem(keyOf(identity)) ?? '{}') }
  } catch {
    return none
  }
}

function write(identity: Identity, change: Partial<Choices>): void {
  localStorage.setItem(keyOf(identity), JSON.stringify({ ...choicesOf(identity), ...change }))
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
