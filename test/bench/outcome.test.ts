import { expect, test } from 'vitest'
import { type Measured, type Results, ratiosOf, spread } from '../../bench/report/outcome.ts'
import { tiny } from '../../bench/scenarios/scale.ts'
import { describeMachine } from '../../bench/servers/machine.ts'

test('median, least and most', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(spread([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN })
})

test('ratios are taken within a round, and only where both were measured', () => {
  const measured = (round: number, contestant: string, cpu_us: number): Measured => ({
    round,
    contestant,
    cell: 'a',
    figures: { cpu_us },
  })
  const results: Results = {
    scenario: 'fanout',
    date: '',
    machine: describeMachine(null),
    versions: {},
    baseline: 'base',
    scale: tiny,
    measured: [
      measured(1, 'base', 10),
      measured(1, 'one', 11),
      measured(2, 'one', 30),
      measured(2, 'base', 20),
      measured(3, 'one', 9),
    ],
    failed: [],
  }
  expect(ratiosOf(results, 'a', 'one', 'cpu_us')).toEqual([1.1, 1.5])
})
