import { expect, test } from 'vitest'
import { Pickle } from '../../../src/agents/builtin/pickle.ts'
import { askAgent } from '../../../src/agents/kit/testing.ts'

/** Workers AI as its binding shows: `run` answers with Server-Sent Events. */
function fakeAi(...said: object[]) {
  const asked: unknown[][] = []
  const lines = [...said.map(part => JSON.stringify(part)), '[DONE]'].map(data => `data: ${data}\n\n`)
  const run = async (...given: unknown[]) => {
    asked.push(given)
    return new Blob(lines).stream()
  }
  return { asked, ai: { run } as unknown as Ai }
}

test('[T1] pickle answers with a model of Workers AI where that is bound, and says what it cost', async () => {
  const { asked, ai } = fakeAi(
    { response: 'A mo' },
    { response: 'nad is …' },
    { response: '', usage: { prompt_tokens: 21, completion_tokens: 3, total_tokens: 24 } },
  )
  const told = await askAgent(Pickle, 'explain monads', { env: { AI: ai, AGENT_MODEL: '@cf/a/model' } })
  expect(told.outcome).toEqual({
    type: 'answered',
    content: 'A monad is …',
    truncated: false,
    usage: { input_tokens: 21, output_tokens: 3 },
  })
  expect(asked).toMatchObject([['@cf/a/model', { stream: true }, {}]])
  expect(JSON.stringify(asked)).toContain('explain monads')
})

test('[T5] a failure of Workers AI is told without its own words', async () => {
  const run = () => Promise.reject(new Error('account 0123 over its quota'))
  const told = await askAgent(Pickle, 'explain monads', {
    env: { AI: { run } as unknown as Ai, AGENT_MODEL: '@cf/a/model' },
  })
  expect(told.outcome).toMatchObject({ type: 'failed', code: 'model_broke_off', retry: true })
  expect(JSON.stringify(told)).not.toContain('0123')
})

test('a binding without a model’s name configures nothing', async () => {
  const { asked, ai } = fakeAi()
  const told = await askAgent(Pickle, 'explain monads', { env: { AI: ai } })
  expect(told.content).toContain('no language model is configured')
  expect(asked).toEqual([])
})
