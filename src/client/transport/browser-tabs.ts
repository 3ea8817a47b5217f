import { attempt, type TabCoordinator } from '../platform.ts'

/** The locks and broadcast channels of this browser; null where there are none. */
export function browserTabs(): TabCoordinator | null {
  const locks = globalThis.window === undefined ? null : attempt(() => globalThis.navigator?.locks)
  if (!locks || typeof BroadcastChannel === 'undefined') return null
  return {
    acquireLock(name, onAcquired, { steal = false, onLost } = {}) {
      const waiting = new AbortController()
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      let isHeld = false
      // `request` may also throw, as it does for an `about:blank` page in some browsers.
      const request = async (): Promise<void> =>
        locks.request(name, steal ? { steal } : { signal: waiting.signal }, () => {
          isHeld = true
          onAcquired()
          return released
        })
      request().catch(() => {
        if (waiting.signal.aborted) return
        if (isHeld) onLost?.()
        else onAcquired() // locks are refused here: every tab has a socket of its own
      })
      return () => {
        waiting.abort()
        release()
      }
    },
    openChannel(name, onMessage) {
      const channel = new BroadcastChannel(name)
      channel.onmessage = event => onMessage(event.data)
      return { post: message => channel.postMessage(message), close: () => channel.close() }
    },
  }
}
