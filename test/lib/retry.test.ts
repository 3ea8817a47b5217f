import { expect, test } from 'vitest'
import { failedAgain, pauseAfter, type RetryPolicy } from '../../src/lib/retry.ts'

const policy: RetryPolicy = { firstPauseMs: 1_000, longestPauseMs: 5_000, giveUpMs: 60_000 }

test('pauses double, up to the longest', () => {
  expect([1, 2, 3, 4, 2_000].map(failures => pauseAfter(failures, policy))).toEqual([1_000, 2_000, 4_000, 5_000, 5_000])
})

test('failures are counted from the first one, and given up once they have lasted', () => {
  const first = failedAgain({ failures: 0, failingSince: null }, policy, 100)
  expect(first).toEqual({ failures: 1, failingSince: 100, due: 1_100, givenUp: false })
  expect(failedAgain(first, policy, 1_100)).toEqual({ failures: 2, failingSince: 100, due: 3_100, givenUp: false })
  expect(failedAgain(first, policy, 60_099).givenUp).toBe(false)
  expect(failedAgain(first, policy, 60_100).givenUp).toBe(true)
})
