import { useSyncExternalStore } from 'react'
import { asked, subscribe } from './use-notifications.ts'

/** Whether the reader lets this page show notifications; `unknown`: they have not been asked, `none`: it cannot. */
export type Permission = 'granted' | 'denied' | 'unknown' | 'none'

/** Returns the permission, and renders again when the reader has been asked. */
export const usePermission = (): Permission => useSyncExternalStore(subscribe, permission)

/** Asks the reader for the permission. */
export async function askPermission(): Promise<Permission> {
  await Notification.requestPermission()
  dispatchEvent(new Event(asked))
  return permission()
}

function permission(): Permission {
  if (!('Notification' in globalThis)) return 'none'
  return Notification.permission === 'default' ? 'unknown' : Notification.permission
}
