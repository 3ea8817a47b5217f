import { afterEach, expect, test, vi } from 'vitest'
import { Pickle, type PickleEnv } from '../../../src/agents/builtin/pickle.ts'
import { CircleAgent, type Reply, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import { answerWith, openAiCompatible } from '../../../src/agents/kit/model.ts'
import { type RunOptions, runTurn } from '../../../src/agents/kit/testing.ts'
import { delta, done, finish, modelServer, type Script, stream } from '../../support/model-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => void (await Promise.all(closing.splice(0).map(close => close()))))
const printed = vi.spyOn(console, 'error').mockImplementation(() => {})

async function explain(script: Script, options: RunOptions<PickleEnv> = {}) {
  const server = await modelServer(script)
  closing.push(server.close)
  const env = {
    AGENT_BASE_URL: server.baseUrl,
    AGENT_API_KEY: 'sk-very-secret',
    AGENT_MODEL: 'a-model',
    ...options.env,
  }
  return { result: await runTurn(Pickle, 'explain monads', { ...options, env }), server }
}

test('[T1] Pickle streams the reply of the model that is configured, and reports its usage', async () => {
  const { result, server } = await explain(response => {
    stream(response, delta('A mo'), delta('nad'), delta(' is …'), finish(), done)
    response.end()
  })
  expect(result.outcome).toEqual({
    type: 'answered',
    content: 'A monad is …',
    truncated: false,
    usage: { input_tokens: 21, output_tokens: 3 },
  })
  expect(result.deltas).toEqual(['A mo', 'nad', ' is …'])
  expect(server.requests).toHaveLength(1)
  expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-very-secret')
  expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ model: 'a-model', stream: true })
})

test('no key is sent where none is configured, and the key is never in the prompt', async () => {
  const script: Script = response => {
    stream(response, delta('ok'), finish(), done)
    response.end()
  }
  const without = await explain(script, { env: { AGENT_API_KEY: undefined } as never })
  expect(without.server.requests[0]?.headers.authorization).toBeUndefined()
  const { server } = await explain(script)
  expect(server.requests[0]?.body).not.toContain('sk-very-secret')
})

test('without a model, the built-in reply says so', async () => {
  const result = await runTurn(Pickle, 'explain monads', { env: { AGENT_API_KEY: 'x' } })
  expect(result.content).toContain('No language model is configured')
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
    'half a reply that ends',
    response => {
      stream(response, delta('A mo'))
      response.end()
    },
    { code: 'model_broke_off', retry: true },
  ],
  [
    'half a reply and a reset connection',
    response => {
      stream(response, delta('A mo'))
      setImmediate(() => response.destroy())
    },
    { code: 'model_broke_off', retry: true },
  ],
  ['a closed connection', response => void response.destroy(), { code: 'model_broke_off', retry: true }],
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
    'a filtered reply',
    response => {
      stream(response, delta('A mo'), finish('content_filter'), done)
      response.end()
    },
    { code: 'model_refused', retry: false },
  ],
])('[T5] a model that responds with %s fails the turn with a message for people', async (_, script, expected) => {
  const { result, server } = await explain(script)
  expect(result.outcome).toMatchObject({ type: 'failed', ...expected })
  expect(JSON.stringify([result, printed.mock.calls])).not.toContain('sk-very-secret')
  expect(server.requests).toHaveLength(1) // retries are left to the room
})

test('[T5] a model that cannot be reached fails the turn as well', async () => {
  const env = { AGENT_BASE_URL: 'http://127.0.0.1:9/v1', AGENT_MODEL: 'a-model' }
  expect((await runTurn(Pickle, 'hi', { env })).outcome).toMatchObject({ code: 'model_broke_off', retry: true })
})

test.each([
  ['never begins', []],
  ['stops in the middle', [delta('A mo')]],
])('[T5] a model that %s times out', async (_, frames) => {
  class Impatient extends CircleAgent<{ url: string }> {
    protected override readonly metadata = { name: 'Impatient', description: '' }
    protected override onTurn(request: TurnRequest, reply: Reply) {
      const model = openAiCompatible({ baseUrl: this.env.url, model: 'a-model' })
      return answerWith(model, request, reply, { persona: this.metadata, silenceMs: 30 })
    }
  }
  const server = await modelServer(response => stream(response, ...frames))
  closing.push(server.close)
  const result = await runTurn(Impatient, 'hi', { env: { url: server.baseUrl } })
  expect(result.outcome).toMatchObject({ type: 'failed', code: 'model_silent', retry: true })
})

test('[T5] a stop closes the connection to the model', async () => {
  const stop = new AbortController()
  const { result, server } = await explain(
    response => {
      stream(response, delta('A mo'))
      stop.abort()
    },
    { signal: stop.signal },
  )
  expect(result.outcome.type).toBe('stopped')
  await server.hungUp
})
