import { request } from '../lib/api.ts'
import { storageKeys } from '../lib/storage.ts'
import { type Identity, personOf } from '../nav/identity.ts'
import { t } from '../words/words.ts'
import { keepToken } from './keep-token.ts'
import { showsPrivateTexts } from './levels.ts'

/** Why this browser cannot be told of anything while the page is closed, or null. */
export function whyNoPush(identity: Identity): string | null {
  if (identity.by === 'name') return t('notify.guests')
  if (!('PushManager' in globalThis) || navigator.serviceWorker === undefined) return t('notify.noPush')
  return null
}

/** Subscribes this browser, so that it is told while no page is open. Rejects with the reason if that does not work. */
export async function subscribeDevice(identity: Identity): Promise<void> {
  const registration = await navigator.serviceWorker.ready
  const { public_key: key } = await request<{ public_key: string }>(identity, '/api/me/notifications')
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) }
  const known = await registration.pushManager.getSubscription()
  if (known !== null && !isFor(known, key)) await known.unsubscribe() // of another deployment that was at this address
  const { endpoint, keys } = (await registration.pushManager.subscribe(options)).toJSON()
  const body = { endpoint, keys, private_texts: showsPrivateTexts(identity) }
  const { id } = await request<{ id: string }>(identity, '/api/me/devices', { method: 'POST', body })
  localStorage.setItem(keyOf(identity), id)
  await keepToken(identity).catch(() => {}) // it cannot be kept: then a page is opened
}

/** Forgets this browser: it is told of nothing more while the page is closed. */
export async function unsubscribeDevice(identity: Identity): Promise<void> {
  const id = localStorage.getItem(keyOf(identity))
  if (id === null) return
  localStorage.removeItem(keyOf(identity))
  await globalThis.caches?.delete(storageKeys.token).catch(() => {}) // nothing was kept
  const registration = await navigator.serviceWorker?.getRegistration('/')
  await (await registration?.pushManager?.getSubscription())?.unsubscribe()
  await request(identity, `/api/me/devices/${id}`, { method: 'DELETE' })
}

/** Returns whether this browser is subscribed for this reader. */
export const isSubscribed = (identity: Identity): boolean => localStorage.getItem(keyOf(identity)) !== null

const keyOf = (identity: Identity): string => `${storageKeys.device} ${personOf(identity)}`

function isFor({ options }: PushSubscription, key: string): boolean {
  const own = options.applicationServerKey
  return own !== null && [...new Uint8Array(own)].join() === [...bytesOf(key)].join()
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, letter => letter.charCodeAt(0))
}
