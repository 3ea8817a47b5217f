import { useCallback, useEffect, useState } from 'react'
import { useIdentity } from '../nav/identity-context.ts'
import { request } from './api.ts'

/** What the server answers to a GET, null until it has; `again` asks anew. */
export function useRequest<Body>(path: string): { value: Body | null; problem: string | null; again(): void } {
  const who = useIdentity()
  const [value, setValue] = useState<Body | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [count, setCount] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the count is what asks anew
  useEffect(() => {
    let isCurrent = true
    request<Body>(who, path).then(
      answer => {
        if (!isCurrent) return
        setValue(answer)
        setProblem(null)
      },
      error => isCurrent && setProblem(error.message),
    )
    return () => {
      isCurrent = false
    }
  }, [who, path, count])
  const again = useCallback(() => setCount(now => now + 1), [])
  return { value, problem, again }
}
