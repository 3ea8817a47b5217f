import { expect, test } from 'vitest'
import { Pickle } from '../../../src/agents/builtin/pickle.ts'
import { builtInReply } from '../../../src/agents/builtin/pickle-builtin.ts'
import { askAgent } from '../../../src/agents/kit/testing.ts'
import { aLine, aRequest } from '../../support/agents.ts'

const members = [
  { id: 'ada', name: 'Ada', kind: 'person' },
  { id: 'bob', name: 'Bob', kind: 'guest' },
  { id: 'agent:pickle', name: 'Pickle', kind: 'agent' },
]
const answer = (content: string, die = (sides: number) => sides) =>
  builtInReply(aRequest({ asked: aLine({ content }), members }), die)

test.each([
  ['Hello, Pickle!', 'Hello, Ada! I am Pickle'],
  ['@pickle', 'Hello, Ada!'],
  ['@pickle help', 'Ask me for:\n- `dice`'],
  ['what can you do?', 'Ask me for:'],
  ['@pickle who is here?', 'Here are Ada, Bob, and Pickle (agent).'],
  ["who's here", 'Here are Ada'],
  ['what time is it?', 'It is Sat, 21 Nov 2026 09:00 UTC.'],
  ['@Pickle time', 'It is Sat, '],
  ['roll the dice', '🎲 6 (1d6)'],
  ['@pickle 3d8 please', '🎲 8 + 8 + 8 = **24** (3d8)'],
  ['d20', '🎲 20 (1d20)'],
  ['999d9999', '(20d9999)'],
  ['0d0', '🎲 2 (1d2)'],
  ['flip a coin', 'Tails.'],
  ['thanks!', 'You are welcome'],
  ['are you an AI?', 'a small program: no language model is configured here'],
  ['which model are you', 'no language model is configured here'],
  ['explain monads', 'I heard you, but no language model is configured here'],
])('%j is answered by %j', (content, expected) => {
  expect(answer(content)).toContain(expected)
})

test('nobody is here, or one', () => {
  const asked = aLine({ content: 'who is here' })
  expect(builtInReply(aRequest({ asked, members: [] }), () => 1)).toContain('Nobody but me')
  expect(builtInReply(aRequest({ asked }), () => 1)).toBe('Here is Ada.')
})

test('[T4] pickle answers in several pieces, thinking first', async () => {
  const told = await askAgent(Pickle, '@pickle help')
  expect(told.outcome.type).toBe('answered')
  expect(told.statuses).toEqual(['thinking'])
  expect(told.deltas.length).toBeGreaterThan(1)
})

test('its dice are fair enough to show every face', async () => {
  const told = await askAgent(Pickle, '20d4')
  expect(told.content).toMatch(/^🎲 (?:[1-4] \+ ){19}[1-4] = \*\*\d+\*\* \(20d4\)$/)
})
