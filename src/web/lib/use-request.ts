import { useCallback, useEffect, useState } from 'react'
import { useIdentity } from '../nav/identity.ts'
import { request } from './api.ts'

/** The body of a response, null until there is one; `reload` sends the request again. */
export type RequestResult<Body> = { value: Body | null; reload(): void }

/** Sends a GET request as the reader and returns its result. */
export function useRequest<Body>(path: string): RequestResult<Body> {
  const identity = useIdentity()
  const [value, setValue] = useState<Body | null>(null)
  const [count, setCount] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new count sends the request again
  useEffect(() => {
    let isCurrent = true
    request<Body>(identity, path).then(
      body => isCurrent && setValue(body),
      () => {}, // refused or unreachable: what needs the value is not shown
    )
    return () => {
      isCurrent = false
    }
  }, [identity, path, count])
  const reload = useCallback(() => setCount(previous => previous + 1), [])
  return { value, reload }
}
