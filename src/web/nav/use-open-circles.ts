import { useEffect, useState } from 'react'
import { request } from '../lib/api.ts'
import { useIdentity } from './identity-context.ts'

export type OpenCircle = { name: string; title: string }

/** The circles this reader could go to, as far as the server tells. */
export function useOpenCircles(): readonly OpenCircle[] {
  const who = useIdentity()
  const [circles, setCircles] = useState<readonly OpenCircle[]>([])
  useEffect(() => {
    let isCurrent = true
    request<{ circles?: OpenCircle[] }>(who, '/api/circles').then(
      answer => isCurrent && setCircles(answer.circles ?? []),
      () => {}, // a server that keeps no list, or not for us
    )
    return () => {
      isCurrent = false
    }
  }, [who])
  return circles
}
