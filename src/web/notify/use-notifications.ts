import { useEffect, useSyncExternalStore } from 'react'
import type { CirclesClient } from '../../client/client.ts'
import { chatsOf } from '../direct/direct-chats.ts'
import type { InboxStore } from '../inbox/inbox-store.ts'
import type { Identity } from '../nav/identity.ts'
import { withWords } from '../words/words.ts'

/** The event that tells that the reader was asked whether this page may show notifications. */
export const asked = 'circles permission'

/** Calls the listener when the reader has been asked, until the function that it returns is called. */
export function subscribe(onChange: () => void): () => void {
  addEventListener(asked, onChange)
  return () => removeEventListener(asked, onChange)
}

/** Shows notifications for as long as the reader is signed in, if they have allowed that. */
export function useNotifications(identity: Identity, client: CirclesClient, inbox: InboxStore): void {
  const isAllowed = useSyncExternalStore(subscribe, () => globalThis.Notification?.permission === 'granted')
  useEffect(() => {
    let stop: (() => void) | null = isAllowed ? () => {} : null
    const chats = (): readonly string[] => chatsOf(identity).map(({ channel }) => channel)
    if (isAllowed)
      withWords(() => import('./notifier.ts')).then(
        ({ startNotifier }) => {
          if (stop !== null) stop = startNotifier({ identity, client, inbox, chats })
        },
        () => {}, // there is no network: nothing would come to be told of
      )
    return () => {
      stop?.()
      stop = null
    }
  }, [isAllowed, identity, client, inbox])
}
