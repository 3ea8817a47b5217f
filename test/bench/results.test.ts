import { expect, test } from 'vitest'
import {
  type Measurement,
  mergeLatestDay,
  type RunResults,
  ratiosOf,
  roundsPerVariant,
  spread,
} from '../../bench/report/results.ts'
import { smokeProfile } from '../../bench/scenarios/profiles.ts'
import { describeMachine } from '../../bench/servers/machine.ts'

test('the spread is median, minimum and maximum', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(spread([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN })
})

const measurement = (round: number, subject: string, cpu_us: number, variant = 'a'): Measurement => {
  return { round, subject, variant, figures: { cpu_us } }
}

function createResults(measurements: Measurement[], date = ''): RunResults {
  return {
    scenario: 'fanout',
    date,
    machine: describeMachine(null),
    versions: {},
    baseline: 'base',
    profile: smokeProfile,
    measurements,
    failures: [],
  }
}

const cpuOfOne = { variant: 'a', subject: 'one', figure: 'cpu_us' }

test('ratios are taken within a round, and only where both subjects were measured', () => {
  const results = createResults([
    measurement(1, 'base', 10),
    measurement(1, 'one', 11),
    measurement(2, 'one', 30),
    measurement(2, 'base', 20),
    measurement(3, 'one', 9),
  ])
  expect(ratiosOf(results, cpuOfOne)).toEqual([1.1, 1.5])
})

test('runs of the latest day are merged with the rounds of all of them; earlier days are ignored', () => {
  const [early, first, second] = [
    createResults([measurement(1, 'base', 1), measurement(1, 'one', 9)], '2026-11-20T10:00:00.000Z'),
    createResults([measurement(1, 'base', 10), measurement(1, 'one', 20)], '2026-11-21T10:00:00.000Z'),
    createResults(
      [measurement(1, 'base', 10), measurement(1, 'one', 30), measurement(1, 'one', 1, 'b')],
      '2026-11-21T11:00:00.000Z',
    ),
  ]
  const day = mergeLatestDay([second, early, first].filter(run => run !== undefined))
  expect(ratiosOf(day, cpuOfOne)).toEqual([2, 3])
  expect(roundsPerVariant(day)).toEqual([2, 1])
})
