import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { seeds } from '../support/random.ts'
import { type Action, runSeed } from './schedule.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 9) })
})
afterEach(() => {
  vi.useRealTimers()
})

const all: readonly Action[] = [
  'say',
  'say',
  'leave',
  'cut',
  'silence',
  'kill relay',
  'evict relay',
  'unreachable',
  'kill circle',
  'stop circle',
  'hibernate',
  'hibernate',
  'silence of all',
  'slow',
  'revoke',
]

test.each(seeds(40))(
  '[R3] seed %i: nothing is lost, repeated or told to somebody removed, whatever is cut, killed or stopped',
  async seed => {
    const { problems, acked } = await runSeed(seed, { steps: 60, actions: all })
    expect(problems).toEqual([])
    expect(acked).toBeGreaterThan(5)
  },
)

test.each(seeds(5))('seed %i: nobody notices that the circle hibernates', async seed => {
  const { problems, closes, acked, events, hibernations } = await runSeed(seed, { steps: 60, actions: ['hibernate'] })
  expect({ problems, closes }).toEqual({ problems: [], closes: [] })
  expect(acked).toBe(events)
  expect(hibernations).toBeGreaterThan(10)
})

test.each(seeds(5))('[R3] seed %i: relays park and lose their memory then, and hardly anybody notices', async seed => {
  const actions = ['silence of all', 'hibernate'] as const
  const { problems, closes, acked, events, parkings } = await runSeed(seed, { steps: 30, actions })
  expect(problems).toEqual([])
  // A relay that loses its memory while it dials has members come back: it may have had a frame of theirs.
  expect(closes.filter(code => code !== 1012)).toEqual([])
  expect(closes.length).toBeLessThan(Math.max(1, parkings))
  expect(acked).toBe(events)
  expect(parkings).toBeGreaterThan(1)
})

test.each(seeds(5))('seed %i: an outage of the circle of up to 30 s closes no socket', async seed => {
  const { problems, closes, acked, events } = await runSeed(seed, { steps: 60, actions: ['outage'] })
  expect({ problems, closes }).toEqual({ problems: [], closes: [] })
  expect(acked).toBe(events)
})

test.each(seeds(5))('[R3] seed %i: whoever comes back after a relay has died is not closed again', async seed => {
  const { problems, closes, acked, events } = await runSeed(seed, { steps: 80, actions: ['kill relay'] })
  expect(problems).toEqual([])
  expect([...new Set(closes)]).toEqual([1006]) // by the death of their relay
  expect(acked).toBe(events)
})

test('a run in which nothing happens to the circle or its relays closes no socket', async () => {
  const { problems, closes, acked, events } = await runSeed(1, { steps: 100, actions: ['say'] })
  expect({ problems, closes }).toEqual({ problems: [], closes: [] })
  expect(acked).toBe(events)
  expect(events).toBeGreaterThan(50)
})
