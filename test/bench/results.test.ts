import { expect, test } from 'vitest'
import { latest, type Measured, type Results, ratiosOf, roundsOf, spread } from '../../bench/report/results.ts'
import { tiny } from '../../bench/scenarios/profiles.ts'
import { describeMachine } from '../../bench/servers/machine.ts'

test('median, least and most', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(spread([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN })
})

const measured = (round: number, contestant: string, cpu_us: number, cell = 'a'): Measured => {
  return { round, contestant, cell, figures: { cpu_us } }
}

function aRun(measured: Measured[], date = ''): Results {
  const machine = describeMachine(null)
  return { scenario: 'fanout', date, machine, versions: {}, baseline: 'base', scale: tiny, measured, failed: [] }
}

test('ratios are taken within a round, and only where both were measured', () => {
  const results = aRun([
    measured(1, 'base', 10),
    measured(1, 'one', 11),
    measured(2, 'one', 30),
    measured(2, 'base', 20),
    measured(3, 'one', 9),
  ])
  expect(ratiosOf(results, 'a', 'one', 'cpu_us')).toEqual([1.1, 1.5])
})

test('runs of one day are one, with the rounds of all; those of other days are not looked at', () => {
  const [early, first, second] = [
    aRun([measured(1, 'base', 1), measured(1, 'one', 9)], '2026-11-20T10:00:00.000Z'),
    aRun([measured(1, 'base', 10), measured(1, 'one', 20)], '2026-11-21T10:00:00.000Z'),
    aRun([measured(1, 'base', 10), measured(1, 'one', 30), measured(1, 'one', 1, 'b')], '2026-11-21T11:00:00.000Z'),
  ]
  const day = latest([second, early, first].filter(run => run !== undefined))
  expect(ratiosOf(day, 'a', 'one', 'cpu_us')).toEqual([2, 3])
  expect(roundsOf(day)).toEqual([2, 1])
})
