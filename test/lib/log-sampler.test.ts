import { expect, test } from 'vitest'
import { RateSampler } from '../../src/lib/log-sampler.ts'

test('n entries per key and minute are allowed; the next one allowed returns the number suppressed', () => {
  const sampler = new RateSampler(2)
  expect([0, 1, 2, 3].map(at => sampler.allow('a', at))).toEqual([0, 0, null, null])
  expect(sampler.allow('b', 4)).toBe(0)
  expect(sampler.allow('a', 59_999)).toBe(null)
  expect([60_000, 60_001, 60_002].map(at => sampler.allow('a', at))).toEqual([3, 0, null])
})
