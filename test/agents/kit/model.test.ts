import { afterEach, expect, test, vi } from 'vitest'
import { Pickle, type PickleEnv } from '../../../src/agents/builtin/pickle.ts'
import { Agent, type Reply, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import { answerWith, openAiCompatible } from '../../../src/agents/kit/model.ts'
import { askAgent, type RunOptions } from '../../../src/agents/kit/testing.ts'
import { delta, done, finish, modelServer, type Script, stream } from '../../support/model-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => void (await Promise.all(closing.splice(0).map(close => close()))))
const printed = vi.spyOn(console, 'error').mockImplementation(() => {})

async function ask(script: Script, given: RunOptions<PickleEnv> = {}) {
  const server = await modelServer(script)
  closing.push(server.close)
  const env = { AGENT_BASE_URL: server.baseUrl, AGENT_API_KEY: 'sk-very-secret', AGENT_MODEL: 'a-model', ...given.env }
  return { told: await askAgent(Pickle, 'explain monads', { ...given, env }), server }
}

test('[T1] pickle answers with the model that is configured, as it speaks, and says what it cost', async () => {
  const { told, server } = await ask(response => {
    stream(response, delta('A mo'), delta('nad'), delta(' is …'), finish(), done)
    response.end()
  })
  expect(told.outcome).toEqual({
    type: 'answered',
    content: 'A monad is …',
    truncated: false,
    usage: { input_tokens: 21, output_tokens: 3 },
  })
  expect(told.deltas).toEqual(['A mo', 'nad', ' is …'])
  expect(server.requests).toHaveLength(1)
  expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-very-secret')
  expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ model: 'a-model', stream: true })
})

test('no key is sent where none is configured, and the key is never in the prompt', async () => {
  const answer: Script = response => {
    stream(response, delta('ok'), finish(), done)
    response.end()
  }
  const without = await ask(answer, { env: { AGENT_API_KEY: undefined } as never })
  expect(without.server.requests[0]?.headers.authorization).toBeUndefined()
  const { server } = await ask(answer)
  expect(server.requests[0]?.body).not.toContain('sk-very-secret')
})

test('without a model the built-in brain answers and says so', async () => {
  const told = await askAgent(Pickle, 'explain monads', { env: { AGENT_API_KEY: 'x' } })
  expect(told.content).toContain('no language model is configured')
})

const status =
  (code: number): Script =>
  response => {
    response.writeHead(code, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: 'bad key sk-very-secret at https://internal.example' } }))
  }

test.each<[string, Script, { code: string; retry: boolean }]>([
  ['429', status(429), { code: 'model_busy', retry: true }],
  ['500', status(500), { code: 'model_failed', retry: true }],
  ['503', status(503), { code: 'model_failed', retry: true }],
  ['401', status(401), { code: 'model_refused', retry: false }],
  ['404', status(404), { code: 'model_refused', retry: false }],
  [
    'half an answer that ends',
    response => {
      stream(response, delta('A mo'))
      response.end()
    },
    { code: 'model_broke_off', retry: true },
  ],
  [
    'half an answer and a cut wire',
    response => {
      stream(response, delta('A mo'))
      setImmediate(() => response.destroy())
    },
    { code: 'model_broke_off', retry: true },
  ],
  ['a hung-up telephone', response => void response.destroy(), { code: 'model_broke_off', retry: true }],
  [
    'an error in the stream',
    response => {
      stream(response, delta('A mo'), 'data: {"error":{"message":"sk-very-secret overloaded"}}\n\n')
      response.end()
    },
    { code: 'model_broke_off', retry: true },
  ],
  [
    'garbage in the stream',
    response => {
      stream(response, delta('A mo'), 'data: {nope\n\n')
      response.end()
    },
    { code: 'model_broke_off', retry: true },
  ],
  [
    'a web page',
    response => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html>sk-very-secret</html>')
    },
    { code: 'model_broke_off', retry: true },
  ],
  [
    'a filtered answer',
    response => {
      stream(response, delta('A mo'), finish('content_filter'), done)
      response.end()
    },
    { code: 'model_refused', retry: false },
  ],
])('[T5] a model that answers %s is a failure in words for people', async (_, script, expected) => {
  const { told, server } = await ask(script)
  expect(told.outcome).toMatchObject({ type: 'failed', ...expected })
  expect(JSON.stringify([told, printed.mock.calls])).not.toContain('sk-very-secret')
  expect(server.requests).toHaveLength(1) // trying again is the room's
})

test('[T5] a model where nobody listens is a failure too', async () => {
  const env = { AGENT_BASE_URL: 'http://127.0.0.1:9/v1', AGENT_MODEL: 'a-model' }
  expect((await askAgent(Pickle, 'hi', { env })).outcome).toMatchObject({ code: 'model_broke_off', retry: true })
})

test.each([
  ['never begins', []],
  ['stops in the middle', [delta('A mo')]],
])('[T5] a model that %s is given up', async (_, frames) => {
  class Impatient extends Agent<{ url: string }> {
    protected override readonly about = { name: 'Impatient', description: '' }
    protected override answer(request: TurnRequest, reply: Reply) {
      const model = openAiCompatible({ baseUrl: this.env.url, model: 'a-model' })
      return answerWith(model, request, reply, { persona: this.about, silenceMs: 30 })
    }
  }
  const server = await modelServer(response => stream(response, ...frames))
  closing.push(server.close)
  const told = await askAgent(Impatient, 'hi', { env: { url: server.baseUrl } })
  expect(told.outcome).toMatchObject({ type: 'failed', code: 'model_silent', retry: true })
})

test('[T5] a stop hangs up on the model', async () => {
  const stop = new AbortController()
  const { told, server } = await ask(
    response => {
      stream(response, delta('A mo'))
      stop.abort()
    },
    { signal: stop.signal },
  )
  expect(told.outcome.type).toBe('stopped')
  await server.hungUp
})
