import { expect, test } from 'vitest'
import type { TurnOutcome } from '../../../src/agents/run-turn.ts'
import type { TurnRequest } from '../../../src/protocol/turns.ts'
import { TestRoom } from '../../support/test-room.ts'

function promptOwl() {
  const room = new TestRoom()
  const ada = room.open('ada')
  room.sendMessage(ada, '@owl hello')
  const call = () => room.calls.at(-1) as TurnRequest
  const lastEvent = () => room.room.context.log.at(room.room.context.log.head)
  return { room, ada, call, lastEvent }
}

const timeout: TurnOutcome = { type: 'failed', code: 'agent_timeout', message: 'Too slow.', retry: true }

/** Lets three attempts write this and then fail. */
function failThrice(outcome: TurnOutcome, text: string) {
  const prompted = promptOwl()
  const { room, call } = prompted
  for (const pause of [1_000, 4_000, 0]) {
    if (text !== '') room.turnProgressed(call(), { type: 'delta', text })
    room.turnEnded(call(), outcome)
    room.advance(pause)
  }
  return prompted
}

test('[T5] the last attempt keeps its text when it times out, marked as truncated', () => {
  const { room, lastEvent } = failThrice(timeout, 'The first half')
  expect(room.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
  expect(lastEvent()).toMatchObject({ type: 'agent_message', data: { content: 'The first half', truncated: true } })
  expect(room.sql.all(`SELECT * FROM turns`)).toEqual([])
})

test.each<[string, TurnOutcome, string]>([
  ['without text', timeout, ' \n'],
  ['with a broken text', { ...timeout, code: 'agent_died' }, 'half'],
])('[T5] an attempt that ends %s fails', (_, outcome, text) => {
  expect(failThrice(outcome, text).lastEvent()).toMatchObject({ type: 'turn_failed', data: { attempts: 3 } })
})

test.each([
  [20_000, 20_000],
  [1, 1_000], // not sooner than usual
  [86_400_000, 600_000], // not later than in ten minutes
  [1_500.5, 1_501],
])('[T5] an agent that wants %d ms before the next attempt is called after %d ms', (retryAfterMs, ms) => {
  const { room, call } = promptOwl()
  room.turnEnded(call(), { ...timeout, retryAfterMs })
  room.advance(ms - 1)
  expect(room.calls).toHaveLength(1)
  room.advance(1)
  expect(room.calls).toHaveLength(2)
})

test('[T5] a turn may end in silence: nothing is logged, nobody waits, and the next prompt has its turn', () => {
  const { room, ada, call } = promptOwl()
  room.sendMessage(ada, '@owl again')
  room.take(ada)
  const first = call()
  room.turnEnded(first, { type: 'silent', usage: { input_tokens: 5, output_tokens: 1 } })
  room.advance(0)
  const frames = room.take(ada)
  expect(frames[0]).toMatchObject({ type: 'agent_status', data: { turn: first.turn, state: 'idle' } })
  expect(frames.map(({ type }) => type)).not.toContain('turn_failed')
  expect(call()).toMatchObject({ attempt: 1, asked: { content: '@owl again' } })
  expect([room.room.context.log.head, room.sql.all(`SELECT * FROM turns`).length]).toEqual([2, 1])
  expect(room.endedTurns).toMatchObject([{ turn: first.turn, outcome: 'silent' }])
})

test('[T9] the tokens of a silent turn count', () => {
  const room = new TestRoom({ limits: { tokens_per_circle_day: 10 } })
  const ada = room.open('ada')
  room.sendMessage(ada, '@owl hello')
  room.turnEnded(room.calls[0] as TurnRequest, { type: 'silent', usage: { input_tokens: 10, output_tokens: 0 } })
  room.sendMessage(ada, '@owl again')
  expect(room.calls).toHaveLength(1)
})
