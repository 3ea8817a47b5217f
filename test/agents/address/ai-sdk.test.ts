import { DefaultChatTransport, readUIMessageStream, tool } from 'ai'
import { afterEach, expect, test, vi } from 'vitest'
import * as z from 'zod/v4'
import type { Decision, TurnStep } from '../../../src/protocol/turns.ts'
import { turnAt } from '../../support/addressed-agent.ts'
import { aMessage, at } from '../../support/agents.ts'
import { type ChatScript, chatServer, routeOf } from '../../support/ai-sdk-server.ts'
import { delta, done, finish, modelServer, stream } from '../../support/model-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(closing.splice(0).map(close => close()))
})

const key = 'sk-very-secret-0123456789'

async function aServer(script: ChatScript) {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const server = await chatServer(script)
  closing.push(server.close)
  const address = { protocol: 'ai-sdk', url: server.url, api_key: key } as const
  return { ...server, address, logged: () => JSON.stringify(log.mock.calls) }
}

const callOf = (version: string, id = 'call-1') => {
  const called = { index: 0, id, function: { name: 'deploy', arguments: JSON.stringify({ version }) } }
  const choice = { index: 0, delta: { tool_calls: [called] }, finish_reason: 'tool_calls' }
  return `data: ${JSON.stringify({ choices: [choice] })}\n\n`
}

/** A route of the AI SDK, whose model says these frames, response by response, and whose tool people approve. */
async function aRoute(...responses: string[][]) {
  const model = await modelServer(response => {
    stream(response, ...(responses[model.requests.length - 1] ?? []), done)
    response.end()
  })
  closing.push(model.close)
  const deployed: string[] = []
  const deploy = tool({
    inputSchema: z.object({ version: z.string() }),
    needsApproval: true,
    execute: ({ version }) => {
      deployed.push(version)
      return `${version} is live.`
    },
  })
  const route = await aServer(routeOf(model.baseUrl, { deploy }))
  const sent = () => model.requests.map(({ body }) => JSON.parse(body).messages)
  return { ...route, deployed, sent }
}

test('a route of the AI SDK answers: its text is streamed, with its tokens, and it knows who said what', async () => {
  const { address, requests, sent } = await aRoute([delta('Hoo'), delta(', hoo!'), finish()])
  const history = [aMessage({ seq: 1, content: 'It is dark.' }), aMessage({ seq: 2, content: 'Hoo.', trust: 'self' })]
  const { outcome, deltas } = await turnAt(address, { request: { history, settings: { prompt: 'Be brief.' } } })
  expect(outcome).toEqual({
    type: 'answered',
    content: 'Hoo, hoo!',
    truncated: false,
    usage: { input_tokens: 21, output_tokens: 3 },
  })
  expect(deltas.join('')).toBe('Hoo, hoo!')
  expect(requests).toMatchObject([
    {
      id: '00000000-0000-4000-8000-000000000001',
      authorization: `Bearer ${key}`,
      trigger: 'submit-message',
      messages: [
        { id: 'm1', role: 'user', metadata: { author: { id: 'ada', kind: 'person' }, trust: 'member', at } },
        { id: 'm2', role: 'assistant' },
        { id: 'm1', role: 'user' },
      ],
      circles: { turn: 'turn-1', attempt: 1, agent: 'owl', channel: 'circle:dev-team', prompt: 'Be brief.' },
    },
  ])
  expect(sent()[0]).toEqual([
    { role: 'user', content: 'Ada: It is dark.' },
    { role: 'assistant', content: 'Hoo.' },
    { role: 'user', content: 'Ada: @owl hello' },
  ])
})

test('what we read is what the client of the AI SDK reads from the same route', async () => {
  const { url, address } = await aRoute([delta('Hoo'), finish()], [delta('Hoo'), finish()])
  const transport = new DefaultChatTransport({ api: url })
  const message = { id: 'm1', role: 'user' as const, parts: [{ type: 'text' as const, text: 'hello' }] }
  const options = { chatId: 'c', messages: [message], messageId: undefined, abortSignal: undefined }
  const chunks = await transport.sendMessages({ trigger: 'submit-message', ...options })
  let theirs = ''
  for await (const { parts } of readUIMessageStream({ stream: chunks }))
    theirs = parts.map(part => (part.type === 'text' ? part.text : '')).join('')
  expect((await turnAt(address)).outcome).toMatchObject({ content: theirs })
})

const decide = (decision: Decision['decision'], note?: string): Decision => ({
  ...{ approval: 'a1', decision, by: 'bob', description: 'Run deploy?', key: 'call-1' },
  data: { tool: 'deploy', input: { version: 'v1' } },
  ...(note !== undefined && { note }),
})

async function asked(...second: string[]) {
  const route = await aRoute([delta('Let me see.'), callOf('v1')], second)
  const first = await turnAt(route.address)
  const again = (decision: Decision) =>
    turnAt(route.address, { request: { attempt: 2, steps: first.steps as TurnStep[], decisions: [decision] } })
  return { ...route, first, again }
}

test('[T8] a tool of the route runs once people approved its input, and the route is not asked the same twice', async () => {
  const { first, again, requests, deployed } = await asked(delta('Done.'), finish())
  expect(first.outcome).toEqual({
    type: 'asks',
    ask: { description: 'Run deploy?', key: 'call-1', data: { tool: 'deploy', input: { version: 'v1' } } },
  })
  expect([deployed, requests.length, first.statuses]).toEqual([[], 1, ['deploy']])
  const { outcome } = await again(decide('approved'))
  expect(outcome).toMatchObject({ type: 'answered', content: 'Let me see.\n\nDone.' })
  expect([deployed, requests.length]).toEqual([['v1'], 2])
})

test('[T8] a tool that people reject does not run, and the route learns why', async () => {
  const { again, deployed, sent } = await asked(delta('I did not.'), finish())
  const { outcome } = await again(decide('rejected', 'Not on Fridays.'))
  expect(outcome).toMatchObject({ type: 'answered', content: 'Let me see.\n\nI did not.' })
  expect(deployed).toEqual([])
  expect(JSON.stringify(sent()[1])).toContain('Not on Fridays.')
})

test('[T8] a route that asks for v2 after people approved v1 gets a new question, never a yes', async () => {
  const { again, deployed } = await asked(callOf('v2', 'call-2'))
  const { outcome } = await again(decide('approved'))
  expect(outcome).toMatchObject({ type: 'asks', ask: { key: 'call-2', data: { input: { version: 'v2' } } } })
  expect(deployed).toEqual(['v1'])
})

test('[T8] an input that is too large to be shown is refused without asking', async () => {
  const { address, deployed, requests } = await aRoute([callOf('v'.repeat(5_000))], [delta('Too large.'), finish()])
  expect((await turnAt(address)).outcome).toMatchObject({ type: 'answered', content: 'Too large.' })
  expect([deployed, requests.length]).toEqual([[], 2])
})

const frames = (...chunks: (object | string)[]): ChatScript => {
  const texts = chunks.map(chunk => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`)
  return response => {
    stream(response, ...texts)
    response.end()
  }
}
const hoo = { type: 'text-delta', id: '1', delta: 'Hoo' }
const over = { type: 'finish' }

test('chunks that are no text are left out, and so is what comes after the end', async () => {
  const { address } = await aServer(
    frames(
      { type: 'start' },
      { type: 'data-weather', data: 1 },
      { type: 'source-url', sourceId: 's', url: 'x' },
      hoo,
      over,
      hoo,
    ),
  )
  expect((await turnAt(address)).outcome).toMatchObject({ type: 'answered', content: 'Hoo' })
})

test('[T8] a tool that the route approves by itself asks nobody', async () => {
  const call = { toolCallId: 'call-1', toolName: 'deploy', input: { version: 'v1' } }
  const asks = { type: 'tool-approval-request', approvalId: 'a1', toolCallId: 'call-1', isAutomatic: true }
  const { address, requests } = await aServer(frames({ type: 'tool-input-available', ...call }, asks, hoo, over))
  const { outcome, steps } = await turnAt(address)
  expect(outcome).toMatchObject({ type: 'answered', content: 'Hoo' })
  expect([steps, requests.length]).toEqual([[], 1])
})

test.each<[string, ChatScript, object]>([
  ['503', response => void response.writeHead(503).end(`busy ${key}`), { code: 'model_failed', retry: true }],
  ['404', response => void response.writeHead(404).end(), { code: 'model_refused', retry: false }],
  ['a redirect', response => void response.writeHead(302, { location: '/' }).end(), { code: 'model_refused' }],
  ['an error', frames(hoo, { type: 'error', errorText: `boom ${key}` }), { code: 'model_broke_off', retry: true }],
  ['an abort', frames(hoo, { type: 'abort' }), { code: 'model_broke_off' }],
  ['no end', frames(hoo), { code: 'model_broke_off', retry: true }],
  ['a web page', response => void response.end('<h1>hello</h1>'), { code: 'model_broke_off' }],
  ['garbage', frames('hello'), { code: 'model_broke_off' }],
  ['a delta that is no text', frames({ type: 'text-delta', id: '1', delta: 5 }), { code: 'model_broke_off' }],
  ['what it takes back', frames(hoo, { type: 'reset-step' }, over), { code: 'model_broke_off' }],
  ['no text', frames(over), { code: 'model_empty', retry: true }],
  ['a filter', frames({ type: 'finish', finishReason: 'content-filter' }), { code: 'model_refused', retry: false }],
])('[T5] %s fails the call, and neither people nor the log read the key', async (_, script, expected) => {
  const { address, logged } = await aServer(script)
  const { outcome } = await turnAt(address)
  expect(outcome).toMatchObject({ type: 'failed', ...expected })
  expect(JSON.stringify(outcome) + logged()).not.toContain(key)
})

test('[T5] a flood of what nobody reads ends the call, and is hung up on', async () => {
  const { address, hungUp } = await aServer(response => {
    stream(response)
    const noise = `data: ${JSON.stringify({ type: 'data-noise', data: 'x'.repeat(10_000) })}\n\n`
    const flood = () => {
      while (!response.destroyed) if (!response.write(noise)) return response.once('drain', flood)
    }
    flood()
  })
  expect((await turnAt(address)).outcome).toMatchObject({ type: 'failed', code: 'model_broke_off' })
  await hungUp
})

test('[T5] a stop hangs up on the route', async () => {
  const { address, hungUp } = await aServer(response =>
    stream(response, `data: ${JSON.stringify({ ...hoo, delta: 'Hoo. '.repeat(100) })}\n\n`),
  )
  const stop = new AbortController()
  const { outcome } = await turnAt(address, { signal: stop.signal, onText: () => stop.abort() })
  expect(outcome).toMatchObject({ type: 'stopped' })
  await hungUp
})
