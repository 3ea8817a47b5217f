import { expect, test } from 'vitest'
import { Pickle } from '../../../src/agents/builtin/pickle.ts'
import { runTurn } from '../../../src/agents/kit/testing.ts'

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
