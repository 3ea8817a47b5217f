import { expect, test } from 'vitest'
import {
  barMs,
  bars,
  coveredMinutes,
  increase,
  messageCount,
  ratesOf,
  type Sample,
  windowMs,
  withSample,
} from '../../../src/web/stats/window.ts'

const start = 1_000_000_000_000 // the beginning of a bar

function sample(at: number, messages: number, byChannel: Record<string, number> = {}): Sample {
  return { at: start + at, messages, refusals: messages, byChannel: new Map(Object.entries(byChannel)) }
}

test('rates are messages per second: null before the first sample, 0 when nothing was sent', () => {
  const samples = [sample(0, 100), sample(5_000, 120), sample(12_000, 150)]
  const rates = ratesOf(samples, start + 30_000)
  expect(rates).toHaveLength(bars)
  expect(rates.slice(-4)).toEqual([null, 2, 3, 0])
})

test('the rate of the unfinished bar is over the seconds that have passed', () => {
  const samples = [sample(0, 0), sample(12_000, 8)]
  expect(ratesOf(samples, start + 14_000).at(-1)).toBe(2)
  expect(ratesOf(samples.slice(0, 1), start + 10_200).at(-1)).toBe(0)
})

test('a reset of the counters gives no negative rate', () => {
  expect(ratesOf([sample(0, 100), sample(1_000, 3)], start + 10_000).at(-1)).toBe(0)
})

test('samples older than the window are dropped, except the last one before it', () => {
  let samples: Sample[] = []
  for (let at = 0; at <= 3 * windowMs; at += barMs) samples = withSample(samples, sample(at, at))
  expect(samples[0]?.at).toBe(start + 2 * windowMs - barMs)
  expect(increase(samples, ({ messages }) => messages, start + 3 * windowMs)).toBe(windowMs)
})

test('a channel is counted from the first sample that lists it', () => {
  const samples = [sample(0, 0, { a: 5 }), sample(10_000, 9, { a: 7, b: 40 }), sample(20_000, 9, { a: 7, b: 42 })]
  const now = start + 20_000
  expect(['a', 'b', 'c'].map(channel => messageCount(samples, channel, now))).toEqual([2, 2, 0])
})

test('a page that has just opened says for how many minutes it has counted', () => {
  const sample = { at: 0, messages: 1, refusals: 0, byChannel: new Map() }
  const minutes = [0, 61_000, 299_000, 3_600_000].map(now => coveredMinutes([sample], now))
  expect(minutes).toEqual([1, 2, 5, 10])
  expect(coveredMinutes([], 5)).toBe(1)
})
