import { expect, test } from 'vitest'
import { RateSampler } from '../../src/lib/log-sampler.ts'

test('so many of a kind pass within a minute; the next one that does says how many did not', () => {
  const sieve = new RateSampler(2)
  expect([0, 1, 2, 3].map(at => sieve.allow('a', at))).toEqual([0, 0, null, null])
  expect(sieve.allow('b', 4)).toBe(0)
  expect(sieve.allow('a', 59_999)).toBe(null)
  expect([60_000, 60_001, 60_002].map(at => sieve.allow('a', at))).toEqual([3, 0, null])
})
