import { expect, test } from 'vitest'
import { Pickle } from '../../../src/agents/builtin/pickle.ts'
import { builtInReply } from '../../../src/agents/builtin/pickle-builtin.ts'
import { runTurn } from '../../../src/agents/kit/testing.ts'
import { fromWire } from '../../../src/agents/kit/turn-request.ts'
import { mentionsIn } from '../../../src/protocol/mentions.ts'
import { aMessage, aRequest } from '../../support/agents.ts'

const members = [
  { id: 'ada', name: 'Ada', kind: 'person' },
  { id: 'bob', name: 'Bob', kind: 'guest' },
  { id: 'agent:pickle', name: 'Pickle', kind: 'agent' },
]
const replyTo = (content: string, present = members) =>
  builtInReply(fromWire(aRequest({ asked: aMessage({ content }), members: present })), sides => sides)

test.each([
  ['Hello, Pickle!', 'Hello, Ada! I am Pickle'],
  ['@pickle', 'Hello, Ada!'],
  ['@pickle help', 'I can help with these:\n- `dice`'],
  ['what can you do?', 'I can help with these:'],
  ['@pickle who is here?', 'Ada, Bob, and Pickle (agent) are here.'],
  ["who's here", 'are here.'],
  ['what time is it?', 'It is Sat, 21 Nov 2026 09:00 UTC.'],
  ['@Pickle time', 'It is Sat, '],
  ['roll the dice', '🎲 6 (1d6)'],
  ['@pickle 3d8 please', '🎲 8 + 8 + 8 = **24** (3d8)'],
  ['d20', '🎲 20 (1d20)'],
  ['999d9999', '(20d9999)'],
  ['0d0', '🎲 2 (1d2)'],
  ['flip a coin', 'Tails.'],
  ['thanks!', 'You are welcome'],
  ['are you an AI?', 'a small program. No language model is configured here'],
  ['which model are you', 'No language model is configured here'],
  ['explain monads', 'Sorry, I do not understand that. No language model is configured here'],
])('%j gets the reply %j', (content, expected) => {
  expect(replyTo(content)).toContain(expected)
})

test('nobody is here, or one member', () => {
  expect(replyTo('who is here', [])).toBe('Nobody is here but me.')
  expect(replyTo('who is here', members.slice(0, 1))).toBe('Ada is here.')
})

test('[T4] Pickle is thinking first, then replies in several pieces', async () => {
  const result = await runTurn(Pickle, '@pickle help')
  expect(result.outcome.type).toBe('answered')
  expect(result.statuses).toEqual(['thinking'])
  expect(result.deltas.length).toBeGreaterThan(1)
})

test('the dice roll numbers within their range', async () => {
  const result = await runTurn(Pickle, '20d4')
  expect(result.content).toMatch(/^🎲 (?:[1-4] \+ ){19}[1-4] = \*\*\d+\*\* \(20d4\)$/)
})

test.each(['hello', 'who is here'])('[T2] a name with an @ prompts nobody when Pickle replies to %j', content => {
  const author = { id: 'guest:eve', name: '@scribe help', kind: 'guest' as const }
  const request = aRequest({ asked: aMessage({ content, author }), members: [author] })
  const reply = builtInReply(fromWire(request), sides => sides)
  expect(reply).toContain('scribe help')
  expect(mentionsIn(reply, new Set(['scribe']))).toEqual([])
})
