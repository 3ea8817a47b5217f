/** How what failed is tried again: after pauses that double, until it has failed for `giveUpMs` (all in ms). */
export type RetryPolicy = { firstPauseMs: number; longestPauseMs: number; giveUpMs: number }

/** The failures so far: how many in a row, and since when (ms; null: none yet). */
export type Failures = { failures: number; failingSince: number | null }

/** The pause (ms) after a number of failures in a row, at least 1. */
export function pauseAfter(failures: number, { firstPauseMs, longestPauseMs }: Omit<RetryPolicy, 'giveUpMs'>): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
}

/** Counts a failure: returns when the next try is due (ms), and whether there are no more tries. */
export function failedAgain(
  { failures, failingSince }: Failures,
  policy: RetryPolicy,
  now: number,
): { failures: number; failingSince: number; due: number; givenUp: boolean } {
  const since = failingSince ?? now
  const due = now + pauseAfter(failures + 1, policy)
  return { failures: failures + 1, failingSince: since, due, givenUp: now - since >= policy.giveUpMs }
}
