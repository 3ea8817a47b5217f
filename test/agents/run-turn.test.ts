import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runTurn, type TurnOptions, type TurnProgress } from '../../src/agents/run-turn.ts'
import type { AgentBinding } from '../../src/env.ts'
import { aRequest, noCircle } from '../support/agents.ts'
import { openStream, replyOf, streamOf } from '../support/streams.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0) // a timer left behind would keep a circle awake
  vi.useRealTimers()
})

const agent = (turn: AgentBinding['turn']): AgentBinding => ({
  describe: async () => ({ id: 'owl', name: 'Owl', description: '' }),
  turn,
})

async function run(binding: AgentBinding | null, options: Partial<TurnOptions> = {}, stopAt?: string) {
  const progress: TurnProgress[] = []
  const onPart = (part: TurnProgress) => {
    progress.push(part)
    return part.type === 'delta' && part.text === stopAt ? 'stop' : 'continue'
  }
  const outcome = await runTurn(binding, aRequest(), { onPart }, { circle: noCircle, ...options })
  return { outcome, progress }
}

const failure = (code: string, message: string, retry: boolean) => ({ type: 'failed', code, message, retry })
const delta = (text: string) => ({ type: 'delta', text })

test('[T1] an agent is called with the request and its access to the circle', async () => {
  const turn = vi.fn(async () => replyOf({ type: 'final', content: 'Hoo' }))
  const { outcome, progress } = await run(agent(turn))
  expect(turn.mock.calls).toEqual([[aRequest(), noCircle]])
  expect(outcome).toEqual({ type: 'answered', content: 'Hoo', truncated: false })
  expect(progress).toEqual([delta('Hoo')])
})

test('[T4] parts are passed on in order, and the deltas, joined, are the reply', async () => {
  const usage = { input_tokens: 7, output_tokens: 2 }
  const parts = [{ type: 'status', state: 'tool', tool: 'map' }, delta('Ho'), delta('o'), { type: 'final', usage }]
  const { outcome, progress } = await run(agent(async () => replyOf(...parts)))
  expect(outcome).toEqual({ type: 'answered', content: 'Hoo', truncated: false, usage })
  expect(progress).toEqual(parts.slice(0, 3))
})

test('[T4] a final part that continues the deltas is sent; one that contradicts them fails the turn', async () => {
  const more = await run(agent(async () => replyOf(delta('Ho'), { type: 'final', content: 'Hoo' })))
  expect(more.progress).toEqual([delta('Ho'), delta('o')])
  const other = await run(agent(async () => replyOf(delta('Ho'), { type: 'final', content: 'Hi' })))
  expect(other.outcome).toEqual(
    failure('agent_bad_answer', 'The agent contradicted the text that it had already sent.', false),
  )
})

test('[T1] an agent that is not bound cannot be called, and is not retried', async () => {
  const message = 'No agent is bound here as owl.'
  expect((await run(null)).outcome).toEqual(failure('agent_unavailable', message, false))
})

test.each([
  ['throws at once', () => Promise.reject(Object.assign(new Error('key sk-123'), { code: 'secret' })), 'agent_failed'],
  ['returns no stream', async () => 'hello' as never, 'agent_failed'],
  ['breaks off', async () => brokenStream(), 'agent_died'],
  ['sends half a reply', async () => replyOf(delta('Ho')), 'agent_unfinished'],
  ['sends garbage', async () => streamOf('<html>\n'), 'agent_bad_answer'],
  ['sends an empty reply', async () => replyOf({ type: 'final' }), 'agent_empty'],
  ['sends a reply that shows nothing', async () => replyOf(delta(' \n\u200b'), { type: 'final' }), 'agent_empty'],
  ['sends only white space', async () => replyOf(delta(' \n'), { type: 'final' }), 'agent_empty'],
])('[T5] an agent that %s has failed, can be retried, and reveals nothing', async (_, turn, code) => {
  const { outcome } = await run(agent(turn))
  expect(outcome).toMatchObject({ type: 'failed', code, retry: true })
  expect(JSON.stringify(outcome)).not.toMatch(/sk-123|secret|\bat /)
})

test('[T5] the message of an agent that fails is passed on: one clean line, and whether to retry', async () => {
  const error = { type: 'error', code: 'no_model', message: 'No model\u0007 today.\n    at owl.ts:3', retry: false }
  expect((await run(agent(async () => replyOf(error)))).outcome).toEqual(failure('no_model', 'No model today.', false))
  const odd = { type: 'error', code: '<b>', message: '' }
  expect((await run(agent(async () => replyOf(odd)))).outcome).toEqual(
    failure('agent_failed', 'The agent failed.', true),
  )
})

test('[T1] an agent may ask for approval before it acts', async () => {
  const ask = { description: 'Deploy 1.2', role: 'moderator', minutes: 5 }
  const { outcome } = await run(agent(async () => replyOf(delta('Well, '), { type: 'approval', ...ask })))
  expect(outcome).toEqual({ type: 'asks', ask })
})

test('[L7] a reply over 32 KiB is cut and marked, and the agent’s stream is cancelled', async () => {
  const { stream, send, cancelled } = openStream()
  const running = run(agent(async () => stream))
  for (const letter of ['a', 'b', 'c']) await send(delta(letter.repeat(16_000)))
  const { outcome } = await running
  expect(outcome).toMatchObject({ type: 'answered', truncated: true })
  expect(outcome).toHaveProperty('content', 'a'.repeat(16_000) + 'b'.repeat(16_000) + 'c'.repeat(768))
  await cancelled
})

test('[T5] a sink that returns stop ends the turn and keeps the text so far', async () => {
  const { stream, send, cancelled } = openStream()
  await send(delta('Ho'))
  await send(delta('o'))
  const { outcome, progress } = await run(
    agent(async () => stream),
    {},
    'Ho',
  )
  expect(outcome).toEqual({ type: 'stopped', content: 'Ho' })
  expect(progress).toEqual([delta('Ho')])
  await expect(cancelled).resolves.toBe('stop')
})

test('[T5] a stop reaches an agent that is silent', async () => {
  const { stream, cancelled } = openStream()
  const stop = new AbortController()
  const running = run(
    agent(async () => stream),
    { signal: stop.signal },
  )
  await vi.advanceTimersByTimeAsync(1)
  stop.abort()
  expect((await running).outcome).toEqual({ type: 'stopped', content: '' })
  await expect(cancelled).resolves.toBe('stop')
})

test('[T5] a stop before the call ends the turn at once', async () => {
  const { stream, cancelled } = openStream()
  const { outcome } = await run(
    agent(async () => stream),
    { signal: AbortSignal.abort() },
  )
  expect(outcome).toEqual({ type: 'stopped', content: '' })
  await cancelled
})

test.each([
  [undefined, 60_000, 60],
  [5_000, 5_000, 5],
  [3_600_000, 600_000, 600],
])('[T5] an agent that hangs times out: with a limit of %j, after %d ms', async (timeoutMs, ms, seconds) => {
  const { stream, send, cancelled } = openStream()
  let done = false
  const running = run(
    agent(async () => stream),
    timeoutMs === undefined ? {} : { timeoutMs },
  ).finally(() => {
    done = true
  })
  await send(delta('Ho'))
  await vi.advanceTimersByTimeAsync(ms - 1)
  expect(done).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect((await running).outcome).toEqual(
    failure('agent_timeout', `The agent did not finish within ${seconds} s.`, true),
  )
  await expect(cancelled).resolves.toBe('timeout')
})

test.each([
  ['still writes', [10, 10, 10, 10, 10], { type: 'answered', content: 'a a a a a ', truncated: true }],
  ['has stopped writing', [10, 10], { type: 'failed', code: 'agent_timeout', retry: true }],
  ['has written only white space', [50], { type: 'failed', code: 'agent_timeout', retry: true }],
])('[T5] when its time is over, the text of an agent that %s is kept or not', async (why, pauses, expected) => {
  const { stream, send } = openStream()
  const running = run(agent(async () => stream))
  for (const seconds of pauses) {
    await vi.advanceTimersByTimeAsync(seconds * 1_000)
    await send(delta(why.includes('space') ? ' \n' : 'a '))
  }
  await vi.advanceTimersByTimeAsync(60_000)
  expect((await running).outcome).toMatchObject(expected)
})

test('[T1] an agent may say that it has nothing to add, or that its text is cut', async () => {
  const end = async (part: object, ...deltas: object[]) =>
    (await run(agent(async () => replyOf(...deltas, { type: 'final', ...part })))).outcome
  expect(await end({ silent: true })).toEqual({ type: 'silent' })
  expect(await end({ silent: true }, delta('Hoo'))).toEqual({ type: 'answered', content: 'Hoo', truncated: false })
  expect(await end({ truncated: true }, delta('Hoo'))).toMatchObject({ type: 'answered', truncated: true })
  expect(await end({ silent: false })).toMatchObject({ type: 'failed', code: 'agent_empty' })
})

test.each([
  [
    { input_tokens: 1.5, output_tokens: -2 },
    { input_tokens: 2, output_tokens: 0 },
  ],
  [
    { input_tokens: null, output_tokens: '7' },
    { input_tokens: 0, output_tokens: 7 },
  ],
  [{ input_tokens: 1e300 }, { input_tokens: 1_000_000_000, output_tokens: 0 }],
  ['many', undefined],
  [null, undefined],
])('[T1] a reply is kept, whatever its agent reports as usage: %j', async (usage, expected) => {
  const { outcome } = await run(agent(async () => replyOf(delta('Hoo'), { type: 'final', usage })))
  expect(outcome).toEqual({ type: 'answered', content: 'Hoo', truncated: false, ...(expected && { usage: expected }) })
})

test('[T5] a stream that arrives after the timeout is cancelled unread', async () => {
  const { stream, cancelled } = openStream()
  const late = Promise.withResolvers<ReadableStream<Uint8Array>>()
  const running = run(agent(() => late.promise))
  await vi.advanceTimersByTimeAsync(60_000)
  expect((await running).outcome).toMatchObject({ code: 'agent_timeout' })
  late.resolve(stream)
  await cancelled
})

function brokenStream() {
  return new ReadableStream<Uint8Array>({ start: controller => controller.error(new Error('key sk-123')) })
}

test('[T8] an agent asks for approval 16 times in a turn, and no more', async () => {
  const asks = agent(async () => replyOf({ type: 'approval', description: 'Deploy?' }))
  const decision = { approval: 'a1', decision: 'approved', by: 'bob' } as const
  const after = (count: number) => {
    const request = aRequest({ decisions: Array.from({ length: count }, () => decision) })
    return runTurn(asks, request, { onPart: () => 'continue' }, { circle: noCircle })
  }
  expect(await after(15)).toMatchObject({ type: 'asks' })
  expect(await after(16)).toMatchObject({ type: 'failed', code: 'agent_bad_answer', retry: false })
})

test('[T1] the first result of a step counts: one that is stored already, or comes again, is not passed on', async () => {
  const step = (name: string, index: number, result: string) => ({ type: 'step' as const, name, index, result })
  const parts = [
    step('plan', 0, 'another'),
    step('plan', 1, 'second'),
    step('plan', 1, 'third'),
    step('build', 0, 'first'),
    { type: 'final', content: 'Hoo' },
  ]
  const { type: _, ...stored } = step('plan', 0, 'first')
  const progress: TurnProgress[] = []
  const onPart = (part: TurnProgress) => {
    progress.push(part)
    return 'continue' as const
  }
  const request = aRequest({ steps: [stored] })
  await runTurn(
    agent(async () => replyOf(...parts)),
    request,
    { onPart },
    { circle: noCircle },
  )
  expect(progress).toEqual([step('plan', 1, 'second'), step('build', 0, 'first'), delta('Hoo')])
})
