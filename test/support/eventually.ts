import { vi } from 'vitest'

/** Retries until an attempt does not throw: for asynchronous results, on machines of any speed. */
export function eventually<Result>(attempt: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(attempt, { timeout: 100_000 })
}
