import { useCallback } from 'react'
import type { Channel } from '../../client/client.ts'
import { useSignal } from '../../client/react.ts'
import { isPrivateChat } from '../lib/kinds.ts'
import { useIdentity } from '../nav/identity.ts'

/** Adds a private chat that somebody of this circle has begun, once the server says that it is the reader's. */
export function useInvited(channel: Channel): void {
  const identity = useIdentity()
  const onSignal = useCallback(
    (value: unknown): void => {
      const name = (value as { channel?: unknown } | null)?.channel
      if (typeof name !== 'string' || !isPrivateChat(name)) return
      void import('./requests.ts').then(({ refreshChat }) => refreshChat(identity, name)).catch(() => {})
    },
    [identity],
  )
  useSignal(channel, 'direct', onSignal)
}
