import { storageKeys } from '../lib/storage.ts'
import { type Identity, personOf } from '../nav/identity.ts'
import { withWords } from '../words/words.ts'

/** Ends the notifications of a reader who leaves this browser, if it is subscribed for them. */
export function unsubscribeOnLeave(identity: Identity): void {
  if (localStorage.getItem(`${storageKeys.device} ${personOf(identity)}`) === null) return
  void withWords(() => import('./devices.ts'))
    .then(({ unsubscribeDevice }) => unsubscribeDevice(identity))
    .catch(() => {}) // the push service says that it is gone
}
