import type { ServerResponse } from 'node:http'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { streamText } from 'ai'
import { afterEach, expect, test, vi } from 'vitest'
import { turnAt } from '../../support/addressed-agent.ts'
import { aMessage, at } from '../../support/agents.ts'
import { delta, done, finish, modelServer, type Script, stream } from '../../support/model-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(closing.splice(0).map(close => close()))
})

const key = 'sk-very-secret-0123456789'

async function aServer(script: Script) {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const server = await modelServer(script)
  closing.push(server.close)
  const address = { protocol: 'openai', url: server.baseUrl, model: 'm', api_key: key } as const
  return { ...server, address, logged: () => JSON.stringify(log.mock.calls) }
}

const says =
  (...frames: string[]): Script =>
  response => {
    stream(response, ...frames)
    response.end()
  }

test('a model at an address is asked with what people said as data, and its text is streamed with its tokens', async () => {
  const { address, requests } = await aServer(says(delta('Hoo'), delta(', hoo!'), finish(), done))
  const history = [aMessage({ seq: 1, content: 'It is dark.' }), aMessage({ seq: 2, content: 'Hoo.', trust: 'self' })]
  const { outcome, deltas } = await turnAt(address, { request: { history, settings: { prompt: 'Be brief.' } } })
  expect(outcome).toEqual({
    type: 'answered',
    content: 'Hoo, hoo!',
    truncated: false,
    usage: { input_tokens: 21, output_tokens: 3 },
  })
  expect(deltas.join('')).toBe('Hoo, hoo!')
  const [{ body, headers } = { body: '', headers: {} }] = requests
  expect(headers).toMatchObject({ authorization: `Bearer ${key}`, accept: 'text/event-stream' })
  const { messages, ...rest } = JSON.parse(body)
  expect(rest).toEqual({ model: 'm', stream: true, stream_options: { include_usage: true } })
  expect(messages).toEqual([
    {
      role: 'system',
      content: expect.stringMatching(/^You are Owl, an agent in "Dev team".* It hoots\.[\s\S]*Be brief\./),
    },
    { role: 'user', content: expect.stringContaining('"content":"It is dark."') },
    { role: 'assistant', content: 'Hoo.' },
    { role: 'user', content: expect.stringContaining(`{"now":"${at}"`) },
  ])
})

test('what we ask and read is what another client of chat completions asks and reads of the same server', async () => {
  const { address, requests } = await aServer(says(delta('Hoo'), delta(', hoo!'), finish(), done))
  const provider = createOpenAICompatible({ name: 'other', baseURL: address.url, apiKey: key, includeUsage: true })
  const { text, usage } = streamText({ model: provider(address.model), prompt: 'hello' })
  const [content, { inputTokens, outputTokens }] = [await text, await usage]
  expect((await turnAt(address)).outcome).toMatchObject({
    content,
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  })
  const [theirs, ours] = requests.map(({ body, headers }) => {
    const { messages: _, ...rest } = JSON.parse(body)
    return { ...rest, authorization: headers.authorization, type: headers['content-type'] }
  })
  expect(ours).toEqual(theirs)
})

test('the tokens that a server reports with every chunk are counted once', async () => {
  const usage = (tokens: number) =>
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: tokens, completion_tokens: 1 } })}\n\n`
  const { address } = await aServer(says(usage(5), delta('Hoo'), usage(5), finish(), done))
  expect((await turnAt(address)).outcome).toMatchObject({ usage: { input_tokens: 21, output_tokens: 3 } })
})

const end = (status: number, headers: Record<string, string> = {}, body = `{"error":{"message":"bad key ${key}"}}`) =>
  ((response: ServerResponse) => void response.writeHead(status, headers).end(body)) satisfies Script
const reason = (text: string) => says(delta('Hoo'), finish(text), done)

test.each<[string, Script, object]>([
  ['503', end(503), { code: 'model_failed', retry: true }],
  ['429', end(429, { 'retry-after': '7' }), { code: 'model_busy', retry: true, retryAfterMs: 7_000 }],
  ['401', end(401), { code: 'model_refused', retry: false }],
  ['a redirect', end(307, { location: 'http://127.0.0.1:1/' }), { code: 'model_refused', retry: false }],
  ['a web page', end(200, {}, '<h1>hello</h1>'), { code: 'model_broke_off', retry: true }],
  ['a chunk that is cut', says('data: {"choices":[{"del\n\n'), { code: 'model_broke_off', retry: true }],
  ['no end', says(delta('Hoo')), { code: 'model_broke_off', retry: true }],
  ['an error in the stream', says('data: {"error":{"message":"no"}}\n\n'), { code: 'model_broke_off', retry: true }],
  ['no text', says(finish(), done), { code: 'model_empty', retry: true }],
  ['a refusal by a filter', reason('content_filter'), { code: 'model_refused', retry: false }],
  ['a tool', says(finish('tool_calls'), done), { code: 'model_called_tool', retry: false }],
])('[T5] %s fails the call, and neither people nor the log read the key', async (_, script, expected) => {
  const { address, logged } = await aServer(script)
  const { outcome } = await turnAt(address)
  expect(outcome).toMatchObject({ type: 'failed', ...expected })
  expect(JSON.stringify(outcome) + logged()).not.toContain(key)
})

test('a server that says nothing fails the call after three quarters of its time', async () => {
  const { address, hungUp } = await aServer(response => stream(response))
  const { outcome } = await turnAt(address, { request: { turn_seconds: 0.2 } })
  expect(outcome).toMatchObject({ type: 'failed', code: 'model_silent', retry: true })
  await hungUp
})

test('[T5] a stop hangs up on the server, and keeps the text so far', async () => {
  const { address, hungUp } = await aServer(response => stream(response, delta('Hoo. '.repeat(100))))
  const stop = new AbortController()
  const { outcome } = await turnAt(address, { signal: stop.signal, onText: () => stop.abort() })
  expect(outcome).toMatchObject({ type: 'stopped', content: expect.stringMatching(/^Hoo\. /) })
  await hungUp
})

test('[T5] a flood is cut at 32 KiB, and hung up on', async () => {
  const { address, hungUp } = await aServer(response => {
    stream(response)
    const flood = () => {
      while (!response.destroyed) if (!response.write(delta('x'.repeat(1_000)))) return response.once('drain', flood)
    }
    flood()
  })
  const { outcome } = await turnAt(address)
  expect(outcome).toMatchObject({ type: 'answered', content: 'x'.repeat(32_768), truncated: true })
  await hungUp
})

test('what a model thinks aloud is shown to nobody, and a reply at its limit of tokens is marked', async () => {
  const { address } = await aServer(
    says(delta('<think>They are fools.</think>'), delta('Hoo!'), finish('length'), done),
  )
  const { outcome, deltas } = await turnAt(address)
  expect(outcome).toMatchObject({ type: 'answered', content: 'Hoo!', truncated: true })
  expect(deltas.join('')).toBe('Hoo!')
})

test('an agent that observes may say nothing', async () => {
  const { address } = await aServer(says(finish(), done))
  expect((await turnAt(address, { observes: true })).outcome).toMatchObject({ type: 'silent' })
})

test.each([
  ['this machine', 'http://127.0.0.1:9/v1'],
  ['a private network', 'https://10.0.0.1/v1'],
  ['the metadata of a cloud', 'http://169.254.169.254/latest'],
  ['an internal name', 'https://vault.internal/v1'],
  ['plain http', 'http://example.com/v1'],
])('[T14] %s is not called', async (_, url) => {
  const call = vi.spyOn(globalThis, 'fetch')
  const { outcome } = await turnAt({ protocol: 'openai', url, model: 'm' }, { allowLoopback: false })
  expect(outcome).toMatchObject({ type: 'failed', code: 'agent_unavailable', retry: false })
  expect(call).not.toHaveBeenCalled()
})
