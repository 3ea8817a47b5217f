import { beforeEach, expect, test, vi } from 'vitest'
import { Pickle } from '../../../src/agents/builtin/pickle.ts'
import { runTurn } from '../../../src/agents/kit/testing.ts'

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))

/** The binding of Workers AI: `run` responds with Server-Sent Events. */
function fakeAi(...chunks: object[]) {
  const calls: unknown[][] = []
  const events = [...chunks.map(part => JSON.stringify(part)), '[DONE]'].map(data => `data: ${data}\n\n`)
  const run = async (...args: unknown[]) => {
    calls.push(args)
    return new Blob(events).stream()
  }
  return { calls, ai: { run } as unknown as Ai }
}

test('[T1] Pickle replies with a model of Workers AI where that is bound, and reports its usage', async () => {
  const { calls, ai } = fakeAi(
    { response: 'A mo' },
    { response: 'nad is …' },
    { response: '', usage: { prompt_tokens: 21, completion_tokens: 3, total_tokens: 24 } },
  )
  const result = await runTurn(Pickle, 'explain monads', { env: { AI: ai, AGENT_MODEL: '@cf/a/model' } })
  expect(result.outcome).toEqual({
    type: 'answered',
    content: 'A monad is …',
    truncated: false,
    usage: { input_tokens: 21, output_tokens: 3 },
  })
  expect(calls).toMatchObject([['@cf/a/model', { stream: true }, {}]])
  expect(JSON.stringify(calls)).toContain('explain monads')
})

test('[T5] a failure of Workers AI is reported without its own text', async () => {
  const run = () => Promise.reject(new Error('account 0123 over its quota'))
  const result = await runTurn(Pickle, 'explain monads', {
    env: { AI: { run } as unknown as Ai, AGENT_MODEL: '@cf/a/model' },
  })
  expect(result.outcome).toMatchObject({ type: 'failed', code: 'model_broke_off', retry: true })
  expect(JSON.stringify(result)).not.toContain('0123')
})

test('a binding without the name of a model configures nothing', async () => {
  const { calls, ai } = fakeAi()
  const result = await runTurn(Pickle, 'explain monads', { env: { AI: ai } })
  expect(result.content).toContain('No language model is configured')
  expect(calls).toEqual([])
})

const askWith = (run: () => Promise<unknown>) =>
  runTurn(Pickle, 'hi', { env: { AI: { run } as unknown as Ai, AGENT_MODEL: '@cf/a/model' } })
const streamWith = (...texts: string[]) => askWith(async () => new Blob(texts).stream())
const choice = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`

test.each([
  ['breaks off', ['data: {"response":"The three rules are"}\n\n']],
  [
    'has errors in the middle',
    ['data: {"response":"half "}\n\n', 'data: {"errors":[{"code":3040}]}\n\n', 'data: [DONE]\n\n'],
  ],
  ['ends with an error', [choice({ content: 'half' }), choice({}, 'error'), 'data: [DONE]\n\n']],
])('[T5] a stream of Workers AI that %s is no reply', async (_, texts) => {
  expect((await streamWith(...texts)).outcome).toMatchObject({ type: 'failed', code: 'model_broke_off', retry: true })
})

test('[T5] a reply of Workers AI is whole, with its numbers, and marked where the model cut it', async () => {
  const numbers = await streamWith(
    choice({ content: 'costs $' }),
    choice({ content: 6 }),
    choice({ content: '.' }, 'stop'),
  )
  expect(numbers.content).toBe('costs $6.')
  const cut = await streamWith(choice({ content: 'Step one' }), choice({}, 'length'), 'data: [DONE]\n\n')
  expect(cut.outcome).toMatchObject({ type: 'answered', truncated: true })
  const thinks = await streamWith('data: {"response":"<think>rude</think>Hello."}\n\n', 'data: [DONE]\n\n')
  expect(thinks.deltas).toEqual(['Hello.'])
  expect(
    (await askWith(async () => ({ response: 'whole', usage: { prompt_tokens: 1, completion_tokens: 1 } }))).content,
  ).toBe('whole')
})
