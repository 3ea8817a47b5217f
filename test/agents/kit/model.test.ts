import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest'
import { Pickle, type PickleEnv } from '../../../src/agents/builtin/pickle.ts'
import { CircleAgent, type Reply, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import { answerWith, openAiCompatible } from '../../../src/agents/kit/model.ts'
import { type RunOptions, runTurn } from '../../../src/agents/kit/testing.ts'
import { delta, done, finish, modelServer, type Script, stream } from '../../support/model-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => void (await Promise.all(closing.splice(0).map(close => close()))))
let printed: MockInstance
beforeEach(() => {
  printed = vi.spyOn(console, 'error').mockImplementation(() => {})
})

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
  ['', 'a-model', 'baseUrl is missing'],
  [undefined, 'a-model', 'baseUrl is missing'],
  ['models.example/v1', 'a-model', 'baseUrl is no address, such as https://example.com/v1'],
  ['localhost:11434/v1', 'a-model', 'baseUrl is no address, such as https://example.com/v1'],
  ['https://', 'a-model', 'baseUrl is no address, such as https://example.com/v1'],
  ['https://models.example/v1', undefined, 'model is missing'],
])(
  'a model with the address %j and the name %j ends the turn at once, and the log says why',
  async (url, name, why) => {
    printed.mockClear()
    class Unconfigured extends CircleAgent<{ MODEL_URL: string; MODEL: string }> {
      protected override readonly metadata = { name: 'Unconfigured', description: '' }
      protected override onTurn(request: TurnRequest, reply: Reply) {
        const model = openAiCompatible({ baseUrl: this.env.MODEL_URL, model: this.env.MODEL })
        return answerWith(model, request, reply, { persona: this.metadata })
      }
    }
    const env = { MODEL_URL: url, MODEL: name } as { MODEL_URL: string; MODEL: string }
    const { outcome } = await runTurn(Unconfigured, 'hi', { env })
    expect(outcome).toMatchObject({ type: 'failed', code: 'model_unconfigured', retry: false })
    const [record] = printed.mock.calls.map(([line]) => JSON.parse(`${line}`))
    expect(record.error).toContain(`openAiCompatible: ${why}. Is there a setting for it, such as MODEL_URL?`)
  },
)

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

const script =
  (...frames: string[]): Script =>
  response => {
    stream(response, ...frames)
    response.end()
  }
const finishWith = (reason: string, rest = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: rest, finish_reason: reason }] })}\n\n`

test('[T5] a reply that the model cut at its own limit is marked', async () => {
  const { result } = await explain(script(delta('Step one: turn off the'), finish('length'), done))
  expect(result.outcome).toMatchObject({ type: 'answered', content: 'Step one: turn off the', truncated: true })
})

test('[T5] text before a call of a tool that does not exist is kept, and marked', async () => {
  const call = { tool_calls: [{ index: 0, id: 'c1', function: { name: 'search', arguments: '{}' } }] }
  const { result } = await explain(script(delta('Let me look that up.'), finishWith('tool_calls', call), done))
  expect(result.outcome).toMatchObject({ type: 'answered', content: 'Let me look that up.', truncated: true })
})

const reasoning = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { reasoning_content: 'She is rude.' } }] })}\n\n`

test.each<[string, Script, string]>([
  ['used up its tokens on thoughts', script(reasoning, finishWith('length'), done), 'model_cut_short'],
  ['thought aloud until its limit', script(delta('<think>hm'), finishWith('length'), done), 'model_cut_short'],
  ['only called a tool', script(finishWith('tool_calls'), done), 'model_called_tool'],
])('[T5] a model that %s fails with the reason, and is not called again', async (_, answer, code) => {
  const { result } = await explain(answer)
  expect(result.outcome).toMatchObject({ type: 'failed', code, retry: false })
})

test.each([
  ['nothing', script(finish(), done)],
  ['only an unfinished thought', script(delta('<think>She is rude.'), finish(), done)],
])('[T5] a model that sends %s fails, and is called again', async (_, answer) => {
  const { result } = await explain(answer)
  expect(result.outcome).toMatchObject({ type: 'failed', code: 'model_empty', retry: true })
})

test('[T5] a response without a body is no reply', async () => {
  const { result } = await explain(response => response.writeHead(204).end())
  expect(result.outcome).toMatchObject({ type: 'failed', code: 'model_broke_off', retry: true })
})

test('[T5] a stream that ends with an error as its reason has failed', async () => {
  const { result } = await explain(script(delta('half'), finishWith('error'), done))
  expect(result.outcome).toMatchObject({ type: 'failed', code: 'model_broke_off', retry: true })
})

test.each([302, 307, 308])(
  '[T5] a redirect (%i) is not followed: the prompt and the key are for one server',
  async code => {
    const elsewhere = await modelServer(script(delta('stolen'), finish(), done))
    closing.push(elsewhere.close)
    const { result } = await explain(response => response.writeHead(code, { location: elsewhere.baseUrl }).end())
    expect(result.outcome).toMatchObject({ type: 'failed', code: 'model_refused', retry: false })
    expect(elsewhere.requests).toEqual([])
  },
)

test.each<[object, number | undefined]>([
  [{ 'retry-after': '20' }, 20_000],
  [{ 'retry-after-ms': '1500' }, 1_500],
  [{ 'retry-after': 'Sat, 21 Nov 2026 09:00:30 GMT', date: 'Sat, 21 Nov 2026 09:00:00 GMT' }, 30_000],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
])('[T5] an overloaded server says when to come back: %j', async (headers, retryAfterMs) => {
  for (const code of [429, 503]) {
    const { result } = await explain(response => response.writeHead(code, { ...headers }).end('{}'))
    expect(result.outcome).toMatchObject({ type: 'failed', retry: true })
    expect('retryAfterMs' in result.outcome ? result.outcome.retryAfterMs : undefined).toBe(retryAfterMs)
  }
})

test('[T5] the log has the status and the reason of a failure, without key, address and what people wrote', async () => {
  printed.mockClear()
  const message = `maximum context length is 4096 tokens; key sk-very-secret or sk-ve*****cret at https://internal.example/v1 (10.0.0.7:8080), mail ops@example.com; got "explain monads, dear Mr Pickle" by Augusta`
  const prompt = {
    content: 'explain monads, dear Mr Pickle',
    trust: 'member' as const,
    seq: 1,
    at: '2026-01-01T12:00:00.000Z',
  }
  const author = { id: 'augusta', name: 'Augusta', kind: 'person' as const }
  const { server } = await explain(
    response => response.writeHead(400).end(JSON.stringify({ error: { message, type: 'invalid' } })),
    { request: { message: { ...prompt, author } } },
  )
  const [record] = printed.mock.calls.map(([line]) => JSON.parse(`${line}`))
  expect(record).toMatchObject({
    event: 'fault',
    at: 'agent',
    error: expect.stringContaining('status 400: maximum context length is 4096 tokens'),
  })
  const secrets = ['sk-v', 'cret', 'internal', '10.0.0.7', 'ops@', 'monads', 'Augusta', new URL(server.baseUrl).host]
  expect(secrets.filter(secret => record.error.split('\n')[0].includes(secret))).toEqual([])
})

test.each<[string, Script, string]>([
  ['a web page', response => void response.writeHead(200).end('<html>sign in</html>'), 'sign in'],
  [
    'a quota in a 200',
    response => void response.writeHead(200).end('{"error":{"code":429,"message":"no quota left"}}'),
    'status 429: no quota left',
  ],
  ['an error in the stream', script('data: {"error":{"message":"out of memory"}}\n\n'), 'out of memory'],
  ['a filter', script(delta('x'), finish('content_filter'), done), 'content-filter'],
  ['a redirect', response => void response.writeHead(302, { location: '/x' }).end(), 'status 302'],
])('[T5] the log says why a model failed: %s', async (_, answer, reason) => {
  printed.mockClear()
  await explain(answer)
  expect(printed.mock.calls.map(([line]) => JSON.parse(`${line}`).error)).toEqual([expect.stringContaining(reason)])
})

test('what a model thinks aloud is in no delta', async () => {
  const frames = [delta('<thi'), delta('nk>She is rude.'), delta('</think>\n'), delta('\nHello.'), finish(), done]
  const { result } = await explain(script(...frames))
  expect([result.content, result.deltas]).toEqual(['Hello.', ['Hello.']])
  const { result: closed } = await explain(
    script(delta('She is rude.'), delta('</think>\n\n'), delta('Hello.'), finish(), done),
  )
  expect([closed.content, closed.deltas]).toEqual(['Hello.', ['Hello.']])
})

/** Asks a model through the kit, with these times. */
async function askWith(
  model: string,
  answer: Script,
  times: { silenceMs?: number; holdMs?: number },
  request: Partial<TurnRequest> = {},
) {
  class Asker extends CircleAgent<{ url: string }> {
    protected override readonly metadata = { name: 'Asker', description: '' }
    protected override onTurn(request: TurnRequest, reply: Reply) {
      return answerWith(openAiCompatible({ baseUrl: this.env.url, model }), request, reply, {
        persona: this.metadata,
        ...times,
      })
    }
  }
  const server = await modelServer(answer)
  closing.push(server.close)
  return runTurn(Asker, 'hi', { env: { url: server.baseUrl }, request })
}

test('a thought that was shown, since its opening tag was missing, ends the attempt; the next one holds it back', async () => {
  const thinks = script(delta('She is rude.'), delta('</think>\n\nHello.'), finish(), done)
  const first = await askWith('a-thinker', thinks, { holdMs: 0 })
  expect(first.outcome).toMatchObject({ type: 'failed', code: 'model_thought_aloud', retry: true })
  expect((await askWith('a-thinker', thinks, { holdMs: 0 })).deltas).toEqual(['Hello.'])
  const steps = [{ name: 'hold back what the model thinks aloud', index: 0, result: true }]
  expect((await askWith('another', thinks, { holdMs: 0 }, { steps })).deltas).toEqual(['Hello.'])
})

test('text flows once the beginning was held back for a moment', async () => {
  const shown = Promise.withResolvers<void>()
  class Asker extends CircleAgent<{ url: string }> {
    protected override readonly metadata = { name: 'Asker', description: '' }
    protected override onTurn(request: TurnRequest, reply: Reply) {
      const watched = { ...reply, delta: (text: string) => reply.delta(text).then(shown.resolve) }
      const model = openAiCompatible({ baseUrl: this.env.url, model: 'm' })
      return answerWith(model, request, watched, { persona: this.metadata, holdMs: 1 })
    }
  }
  const server = await modelServer(response => {
    stream(response, delta('A mo'))
    void shown.promise.then(() => response.end(delta('nad') + finish() + done)) // only when people see the beginning
  })
  closing.push(server.close)
  expect((await runTurn(Asker, 'hi', { env: { url: server.baseUrl } })).deltas).toEqual(['A mo', 'nad'])
})

test('[T5] a model may be silent for three quarters of the time of the call, and any byte is a sign of life', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const arrived = Promise.withResolvers<void>()
    const answer = (response: Parameters<typeof stream>[0]) => {
      stream(response)
      arrived.resolve()
    }
    const asking = askWith('m', answer, {}, { turn_seconds: 300 })
    await arrived.promise
    await vi.advanceTimersByTimeAsync(44_000)
    await vi.advanceTimersByTimeAsync(180_000)
    expect(await Promise.race([asking, 'waiting'])).toBe('waiting')
    await vi.advanceTimersByTimeAsync(30_000)
    expect((await asking).outcome).toMatchObject({ code: 'model_silent' })
  } finally {
    vi.useRealTimers()
  }
})

test('[T5] a server that sends only comments while it loads the model is not silent', async () => {
  let pings = 0
  const loading: Script = response => {
    stream(response)
    const ping = setInterval(() => {
      response.write(': loading\n\n')
      if (++pings < 8) return
      clearInterval(ping)
      response.end(delta('Hello.') + finish() + done)
    }, 20)
  }
  expect((await askWith('m', loading, { silenceMs: 100 })).content).toBe('Hello.')
})
