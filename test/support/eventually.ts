import { vi } from 'vitest'

/** Tries until it no longer throws: for what comes by itself, however slow the machine. */
export function eventually<Result>(attempt: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(attempt, { timeout: 100_000 })
}
