import { useCallback, useEffect, useState } from 'react'
import { useIdentity } from '../nav/identity.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { request } from './api.ts'

/** The body of a response, null until there is one; why there is none; `reload` sends the request again. */
export type RequestResult<Body> = { value: Body | null; problem: string | null; reload(): void }

/** Sends a GET request as the reader, once there is a path, and returns its result. */
export function useRequest<Body>(path: string | null): RequestResult<Body> {
  const identity = useIdentity()
  const [value, setValue] = useState<Body | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [count, setCount] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new count sends the request again
  useEffect(() => {
    if (path === null) return
    let isCurrent = true
    request<Body>(identity, path).then(
      body => {
        if (!isCurrent) return
        setValue(body)
        setProblem(null)
      },
      error => {
        if (isCurrent) setProblem(problemText(error, t('settings.refused')))
      },
    )
    return () => {
      isCurrent = false
    }
  }, [identity, path, count])
  const reload = useCallback(() => setCount(previous => previous + 1), [])
  return { value, problem, reload }
}
