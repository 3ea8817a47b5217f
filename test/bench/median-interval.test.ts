import { expect, test } from 'vitest'
import { medianInterval } from '../../bench/report/median-interval.ts'

const range = (length: number) => Array.from({ length }, (_, index) => index + 1)

test('the interval of a median comes from ranks, in any order', () => {
  expect(medianInterval(range(100).toReversed())).toEqual({ median: 50.5, low: 40, high: 61 })
  expect(medianInterval([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 })
  expect(medianInterval([7])).toEqual({ median: 7, low: 7, high: 7 })
})
