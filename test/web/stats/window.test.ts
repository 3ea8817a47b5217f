import { expect, test } from 'vitest'
import {
  barMs,
  bars,
  increase,
  messageCount,
  ratesOf,
  type Sample,
  windowMs,
  withSample,
} from '../../../src/web/stats/window.ts'

const start = 1_000_000_000_000 // where a bar begins

function sample(at: number, messages: number, byChannel: Record<string, number> = {}): Sample {
  return { at: start + at, messages, refusals: messages, byChannel: new Map(Object.entries(byChannel)) }
}

test('rates are lines a second; what nobody watched is blank, and silence is nought', () => {
  const samples = [sample(0, 100), sample(5_000, 120), sample(12_000, 150)]
  const rates = ratesOf(samples, start + 30_000)
  expect(rates).toHaveLength(bars)
  expect(rates.slice(-4)).toEqual([null, 2, 3, 0])
})

test('the bar that is still going on is of the seconds that went by', () => {
  const samples = [sample(0, 0), sample(12_000, 8)]
  expect(ratesOf(samples, start + 14_000).at(-1)).toBe(2)
  expect(ratesOf(samples.slice(0, 1), start + 10_200).at(-1)).toBe(0)
})

test('counts that begin anew are no rate below nought', () => {
  expect(ratesOf([sample(0, 100), sample(1_000, 3)], start + 10_000).at(-1)).toBe(0)
})

test('what no window reaches back to is let go, but for the last before it', () => {
  let samples: Sample[] = []
  for (let at = 0; at <= 3 * windowMs; at += barMs) samples = withSample(samples, sample(at, at))
  expect(samples[0]?.at).toBe(start + 2 * windowMs - barMs)
  expect(increase(samples, ({ messages }) => messages, start + 3 * windowMs)).toBe(windowMs)
})

test('a channel is counted from when it was shown first', () => {
  const samples = [sample(0, 0, { a: 5 }), sample(10_000, 9, { a: 7, b: 40 }), sample(20_000, 9, { a: 7, b: 42 })]
  const now = start + 20_000
  expect(['a', 'b', 'c'].map(channel => messageCount(samples, channel, now))).toEqual([2, 2, 0])
})
