import { useEffect, useState } from 'react'
import { request } from '../lib/api.ts'
import { useIdentity } from './identity.ts'

/** A circle in the server's directory. */
export type OpenCircle = { name: string; title: string }

/** Returns the circles that the server lists for this reader: empty until it has answered. */
export function useOpenCircles(): readonly OpenCircle[] {
  const identity = useIdentity()
  const [circles, setCircles] = useState<readonly OpenCircle[]>([])
  useEffect(() => {
    let isCurrent = true
    const load = (): void =>
      void request<{ circles?: OpenCircle[] }>(identity, '/api/circles').then(
        body => isCurrent && setCircles(body.circles ?? []),
        () => {}, // a server without a directory, or one that does not show it to us
      )
    load()
    addEventListener('focus', load) // others may have created circles meanwhile
    return () => {
      isCurrent = false
      removeEventListener('focus', load)
    }
  }, [identity])
  return circles
}
