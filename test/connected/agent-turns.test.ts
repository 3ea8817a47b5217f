import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runTurn, type TurnProgress } from '../../src/agents/run-turn.ts'
import { AgentLink, type AgentSocket } from '../../src/connected/agent-link.ts'
import type { AgentServerFrame } from '../../src/protocol/connected-agents.ts'
import { aRequest, noCircle } from '../support/agents.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A turn of an agent that connects, as its circle runs it. */
function aTurn() {
  const sent: AgentServerFrame[] = []
  const closed: string[] = []
  const socket: AgentSocket = { send: frame => void sent.push(frame), close: code => void closed.push(code) }
  const link = new AgentLink({ newId: () => 'c1', describe: () => {} })
  const progress: TurnProgress[] = []
  const binding = {
    turn: async (...[request, circle]: Parameters<AgentLink['call']> extends [unknown, ...infer Rest] ? Rest : never) =>
      link.call(socket, request, circle).stream,
    describe: () => Promise.reject(new Error('not here')),
  }
  const onPart = (part: TurnProgress) => {
    progress.push(part)
    return 'continue' as const
  }
  const outcome = runTurn(binding, aRequest(), { onPart }, { circle: noCircle })
  const part = (data: object) =>
    link.receive(socket, JSON.stringify({ type: 'part', data: { call: 'c1', part: data } }), 0)
  return { outcome, part, sent, closed, progress, link, socket }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

test('[T5] [T13] an agent that never answers is told to cancel after the time of a turn, and what it says then is ignored', async () => {
  const { outcome, part, sent, closed, progress } = aTurn()
  await settle()
  expect(sent.map(({ type }) => type)).toEqual(['turn'])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await outcome).toMatchObject({ type: 'failed', code: 'agent_timeout', retry: true })
  part({ type: 'delta', text: 'late' })
  part({ type: 'final' })
  await settle()
  expect(sent.slice(1)).toEqual([{ type: 'cancel', data: { call: 'c1' } }])
  expect([progress, closed]).toEqual([[], []])
})

test.each([
  ['a part of no type', { type: 'shout', text: 'HOO' }, { type: 'failed', code: 'agent_bad_answer' }],
  ['a delta that is no text', { type: 'delta', text: 5 }, { type: 'failed', code: 'agent_bad_answer' }],
  ['an approval without a question', { type: 'approval' }, { type: 'failed', code: 'agent_bad_answer' }],
  [
    'a message of somebody else',
    { type: 'message', content: 'I am ada' },
    { type: 'failed', code: 'agent_bad_answer' },
  ],
])('[T4] [T13] garbage: %s does what it does from a bound agent', async (_, garbage, expected) => {
  const { outcome, part } = aTurn()
  await settle()
  part(garbage)
  part({ type: 'delta', text: 'Hoo' })
  part({ type: 'final' })
  await settle()
  expect(await outcome).toMatchObject(expected)
})

test('[T5] [T13] a flood of text is cut where that of a bound agent is, and cancelled', async () => {
  const { outcome, part, sent } = aTurn()
  await settle()
  for (let n = 0; n < 40; n++) part({ type: 'delta', text: 'x'.repeat(1_024) })
  await settle()
  expect(await outcome).toMatchObject({ type: 'answered', content: 'x'.repeat(32_768), truncated: true })
  expect(sent.slice(1)).toEqual([{ type: 'cancel', data: { call: 'c1' } }])
})

test('[T3] [T13] a program that goes in the middle fails the call, which is tried again', async () => {
  const { outcome, part, link } = aTurn()
  await settle()
  part({ type: 'delta', text: 'Hoo' })
  link.disconnected()
  await settle()
  expect(await outcome).toMatchObject({ type: 'failed', code: 'agent_died', retry: true })
})
