import { expect, test } from 'vitest'
import type { TurnOutcome } from '../../../src/agents/run-turn.ts'
import type { TurnRequest } from '../../../src/protocol/turns.ts'
import { nothing, responseOf } from '../../../src/rooms/outcome.ts'
import { TestRoom, type TestSession } from '../../support/test-room.ts'

const fast = { messages_per_second: 1e6, message_burst: 1e6 }
const done = (content: string, tokens?: number): TurnOutcome => ({
  type: 'answered',
  content,
  truncated: false,
  ...(tokens !== undefined && { usage: { input_tokens: tokens, output_tokens: 0 } }),
})

function reply(room: TestRoom, call: TurnRequest | undefined, content: string, tokens?: number) {
  if (call === undefined) throw new Error('expected a call')
  room.turnProgressed(call, { type: 'delta', text: content })
  room.turnEnded(call, done(content, tokens))
  room.advance(0)
}
const failures = (room: TestRoom, session: TestSession) =>
  room.take(session).flatMap(({ type, data }) => (type === 'turn_failed' ? [[data.code, data.agent_id]] : []))
const errors = (room: TestRoom, session: TestSession) =>
  room.take(session).flatMap(({ type, data }) => (type === 'error' ? [data] : []))

test('[T2] a configuration applies from the next message on', () => {
  const room = new TestRoom({ limits: fast })
  const ada = room.open('ada', { role: 'owner' })
  room.sendMessage(ada, 'deploy now')
  room.command(ada, 'configure', { default_agent: 'pickle', rules: [{ match: 'deploy *', agent: 'owl' }] })
  for (const content of ['deploy now', 'hello']) room.sendMessage(ada, content)
  expect(room.calls.map(({ agent, asked }) => [agent, asked.content])).toEqual([
    ['owl', 'deploy now'],
    ['pickle', 'hello'],
  ])
  room.command(ada, 'configure', { rules: [{ match: '/(a+)+\\1/', agent: 'owl' }] }, 'bad')
  expect(errors(room, ada)).toMatchObject([{ id: 'bad', code: 'invalid' }])
})

test('[T7] an agent wakes another only by mentioning it, and never itself', () => {
  const room = new TestRoom({ limits: fast })
  const ada = room.open('ada', { role: 'owner' })
  room.command(ada, 'configure', { default_agent: 'owl', rules: [{ match: '*', agent: 'owl' }] })
  room.sendMessage(ada, '@pickle hello')
  reply(room, room.calls[0], 'I am @pickle, and owl is asleep')
  expect(room.calls).toHaveLength(1)
  room.sendMessage(ada, '@pickle again')
  reply(room, room.calls[1], 'ask @owl')
  expect(room.calls[2]).toMatchObject({ agent: 'owl', asked: { author: { id: 'agent:pickle' }, trust: 'agent' } })
})

test('[T7] hops grow along the chain, and the eighth reply wakes nobody', () => {
  const room = new TestRoom({ limits: fast })
  const ada = room.open('ada')
  room.sendMessage(ada, '@pickle go')
  for (let n = 0; n < 12 && room.calls[n]; n++) reply(room, room.calls[n], n % 2 === 0 ? '@owl you' : '@pickle you')
  const ends = room.take(ada).filter(({ type }) => type === 'agent_message' || type === 'turn_failed')
  expect(ends.map(({ type, data }) => data.hop ?? [type, data.code])).toEqual([
    ...[1, 2, 3, 4, 5, 6, 7, 8],
    ['turn_failed', 'loop_guard'],
  ])
  room.sendMessage(ada, '@pickle once more') // a person's message starts at hop 0
  expect(room.calls).toHaveLength(9)
})

test('[T7] two agents prompt each other at most 20 times a minute', () => {
  const room = new TestRoom({ limits: fast })
  const ada = room.open('ada')
  for (let n = 0; n < 30; n++) {
    room.sendMessage(ada, '@pickle go')
    reply(room, room.calls.at(-1), '@owl you')
    if (room.calls.at(-1)?.agent === 'owl') reply(room, room.calls.at(-1), 'hoo')
    room.advance(1_000)
  }
  expect(room.calls.filter(({ agent }) => agent === 'owl')).toHaveLength(20)
  expect(failures(room, ada)).toEqual(Array.from({ length: 10 }, () => ['loop_guard', 'owl']))
  room.advance(60_000)
  room.sendMessage(ada, '@pickle go')
  reply(room, room.calls.at(-1), '@owl you')
  expect(room.calls.at(-1)?.agent).toBe('owl')
})

test('[T9] a person who prompts agents too often within an hour receives one error frame, and others do not', () => {
  const room = new TestRoom({ limits: { ...fast, turns_per_person_hour: 3 } })
  const ada = room.open('ada')
  for (let n = 0; n < 3; n++) {
    room.sendMessage(ada, '@pickle hello')
    reply(room, room.calls.at(-1), 'Meow')
    room.advance(60_000)
  }
  room.take(ada)
  const bob = room.open('bob')
  room.sendMessage(ada, '@pickle and @owl')
  expect(errors(room, ada)).toEqual([
    {
      code: 'rate_limited',
      message: 'You have prompted agents 3 times within an hour.',
      retry_after_ms: 3_600_000 - 180_000,
    },
  ])
  expect([errors(room, bob), room.calls.length]).toEqual([[], 3])
  room.sendMessage(bob, '@pickle hello')
  expect(room.calls).toHaveLength(4)
  reply(room, room.calls[3], 'Meow')
  room.advance(3_600_000 - 180_000)
  room.sendMessage(room.open('ada'), '@owl hello')
  expect(room.calls).toHaveLength(5)
})

test('[T9] over HTTP, with its one response, a message over the limit is still stored', () => {
  const room = new TestRoom({ limits: { ...fast, turns_per_person_hour: 0 } })
  const ada = room.open('ada')
  room.sendMessage(ada, '@pickle hello', 'm1')
  expect(room.take(ada).flatMap(({ type, data }) => (type === 'error' ? [data.code] : []))).toEqual(['rate_limited'])
  const [outcome = nothing] = room.outcomes
  expect(responseOf(outcome)).toMatchObject({ type: 'ack', data: { id: 'm1', seq: 1 } })
})

test('[T9] the usage is known after a crash, and counts whole turns only', () => {
  const room = new TestRoom({ limits: { ...fast, turns_per_person_hour: 2, turns_queued: 1 } })
  const ada = room.open('ada')
  room.sendMessage(ada, '@pickle one')
  reply(room, room.calls[0], 'Meow')
  room.crash()
  const again = room.open('ada')
  room.sendMessage(again, '@pickle two')
  room.crash() // during the call
  const third = room.open('ada')
  room.sendMessage(third, '@owl three')
  expect(errors(room, third)).toMatchObject([{ code: 'rate_limited' }])
})

test('[T9] a circle has a daily limit of turns, and of tokens', () => {
  const turns = new TestRoom({ limits: { ...fast, turns_per_circle_day: 1 } })
  const ada = turns.open('ada')
  const bob = turns.open('bob')
  turns.sendMessage(ada, '@pickle hello')
  turns.sendMessage(bob, '@owl hello')
  expect(errors(turns, bob)).toEqual([
    {
      code: 'rate_limited',
      message: 'Agents were prompted 1 times in this circle within a day.',
      retry_after_ms: 86_400_000,
    },
  ])
  const tokens = new TestRoom({ limits: { ...fast, tokens_per_circle_day: 1_000 } })
  const eve = tokens.open('eve')
  for (const cost of [999, 5]) {
    tokens.sendMessage(eve, '@pickle hello')
    reply(tokens, tokens.calls.at(-1), 'Meow', cost)
  }
  tokens.crash()
  const back = tokens.open('eve')
  tokens.sendMessage(back, '@pickle hello')
  expect(errors(tokens, back)).toMatchObject([{ message: "Agents have used this circle's 1000 tokens for the day." }])
  tokens.advance(86_400_000)
  const tomorrow = tokens.open('eve')
  tokens.sendMessage(tomorrow, '@pickle hello')
  expect(tokens.calls).toHaveLength(3)
})

test('[T9] a prompt by an agent over the budget is a failed turn', () => {
  const room = new TestRoom({ limits: { ...fast, turns_per_circle_day: 1 } })
  const ada = room.open('ada')
  room.sendMessage(ada, '@pickle hello')
  reply(room, room.calls[0], 'ask @owl')
  expect(failures(room, ada)).toEqual([['rate_limited', 'owl']])
})
