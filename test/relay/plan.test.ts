import { expect, test } from 'vitest'
import { circleOfRelay, planFor, readPlan, regionOf, relayName, writePlan } from '../../src/relay/plan.ts'
import { readRelays, relaysProblem } from '../../src/relay/settings.ts'

test.each([
  [999, 0, 'off'],
  [1_000, 0, '1'],
  [400, 1, '1'],
  [399, 1, 'off'],
  [400, 0, 'off'],
  [1_401, 1, '2'],
  [100_000, 50, '72'],
])('with %i sessions and %i relays, the plan is %s', (sessions, relays, plan) => {
  const made = planFor({ from: 1_000, size: 2_000 }, sessions, relays)
  expect(writePlan(made)).toBe(plan)
  expect(readPlan(plan)).toEqual(made)
})

test.each([null, '', '0', '-1', 'full', 'away', '1e9', '100000'])('%s is no plan', text => {
  expect(readPlan(text)).toBeNull()
})

test('from 0 on, there is a relay before anybody is there', () => {
  expect(planFor({ from: 0, size: 50 }, 0, 0)).toEqual({ on: true, shards: 1 })
})

test('a relay is named after its circle and its region, which follows from the continent', () => {
  const name = relayName('dev-team', regionOf('EU'), 3)
  expect([name, circleOfRelay(name)]).toEqual(['dev-team/weur/3', 'dev-team'])
  expect([regionOf(undefined), regionOf('T1')]).toEqual(['enam', 'enam'])
})

test.each([
  [undefined, null],
  ['', null],
  ['off', null],
  ['{"from":0,"size":50}', { from: 0, size: 50 }],
  ['{"from":1000}', { from: 1_000, size: 2_000 }],
])('RELAYS %s is %j', (text, settings) => {
  expect(readRelays(text)).toEqual(settings)
  expect(relaysProblem(text)).toBeNull()
})

test.each(['on', '{}', '{"from":-1}', '{"from":1,"size":0}', '{"from":1,"sizes":3}', '[]'])(
  'RELAYS %s is refused',
  text => {
    expect(readRelays(text)).toBeNull()
    expect(relaysProblem(text)).toContain('RELAYS')
  },
)
