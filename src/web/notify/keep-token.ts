import { storageKeys } from '../lib/storage.ts'
import { type Identity, personOf } from '../nav/identity.ts'

/**
 * Keeps the token of a reader whose browser is subscribed, for the service worker: with it, it sends what the reader decides
 * in a notification while no page is open. It goes with everything else of a reader who leaves.
 */
export async function keepToken(identity: Identity): Promise<void> {
  if (identity.by !== 'token' || localStorage.getItem(`${storageKeys.device} ${personOf(identity)}`) === null) return
  const cache = await caches.open(storageKeys.token)
  await cache.put('/kept-token', Response.json({ person: identity.account, token: identity.token }))
}
