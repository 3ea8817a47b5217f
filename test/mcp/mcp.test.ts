import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { discovery } from '../../src/http/routes/discovery.ts'
import { ownSite } from '../../src/http/site.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { ack, fakeChannels } from '../support/fake-channels.ts'
import { mint, secret } from '../support/token.ts'

const app = createApp(builtinTables, { ...ownSite, discovery, mcp: () => import('../../src/mcp/index.ts') })

async function connect(channels = fakeChannels(), headers: Record<string, string> = {}) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  const transport = new StreamableHTTPClientTransport(new URL('https://circles.test/mcp?name=ada'), {
    requestInit: { headers },
    fetch: async (url, init) => app.fetch(new Request(url, init), channels.env),
  })
  await client.connect(transport)
  const call = async (name: string, input: Record<string, unknown>) => {
    const { structuredContent, content, isError } = await client.callTool({ name, arguments: input })
    return isError
      ? { refused: content.map(part => (part.type === 'text' ? part.text : '')).join() }
      : structuredContent
  }
  return { client, call, seen: channels.seen }
}

test('its tools are list, read, say, wait, search, who, react and decide', async () => {
  const { client } = await connect()
  const { tools } = await client.listTools()
  expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
    ['list', true],
    ['read', true],
    ['say', false],
    ['wait', true],
    ['search', true],
    ['who', true],
    ['react', false],
    ['decide', false],
  ])
  expect(client.getInstructions()).toContain('Nothing here can wake you')
})

test.each([
  ['say', { content: 'Hi', reply_to: 3 }, { type: 'message', data: { content: 'Hi', reply_to: 3 } }],
  ['react', { seq: 3, emoji: '👍' }, { type: 'react', data: { seq: 3, emoji: '👍' } }],
  ['decide', { approval: 'a1', approve: true }, { type: 'approve', data: { approval: 'a1' } }],
  ['decide', { approval: 'a1', approve: false, note: 'No' }, { type: 'reject', data: { approval: 'a1', note: 'No' } }],
])('%s sends the command as the sender of the request', async (name, input, command) => {
  const { call, seen } = await connect()
  expect(await call(name, { circle: 'Dev', ...input })).toEqual({ id: 'x', seq: 1 })
  expect(seen).toMatchObject([{ object: 'circle:dev', caller: { principal: { id: 'guest:ada' } }, command }])
})

test('[L3] say with an id is said once', async () => {
  const { call, seen } = await connect()
  await call('say', { circle: 'dev', content: 'Hi', id: 'k1' })
  expect(seen).toMatchObject([{ command: { id: 'k1' } }])
})

test('a refusal is the result of the tool, with its code and when to try again', async () => {
  const channels = fakeChannels()
  const data = { code: 'rate_limited', message: 'Slower.', retry_after_ms: 1_500 } as const
  channels.answers.ask = () => ({ ...ack(1), answer: { type: 'error', data, at: 0 } })
  const { call } = await connect(channels)
  expect(await call('say', { circle: 'dev', content: 'Hi' })).toEqual({
    refused: 'rate_limited: Slower. Try again in 2 s.',
  })
  expect(await call('read', { circle: '../dev' })).toEqual({ refused: 'invalid_name: This is not a name of a circle.' })
  expect(await call('say', { circle: 'dev', content: 'Hi', role: 'owner' })).toMatchObject({
    refused: expect.stringContaining('role'),
  })
})

test('[A3] without a token there is no answer, and a token acts in its own circles only', async () => {
  const channels = fakeChannels({ AUTH: 'token', AUTH_SECRET: secret })
  const refused = await app.fetch(new Request('https://circles.test/mcp', { method: 'POST', body: '{}' }), channels.env)
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  const token = await mint('ada', { 'circle:dev': 'member' })
  const { call } = await connect(channels, { authorization: `Bearer ${token}` })
  expect(await call('say', { circle: 'dev', content: 'Hi' })).toEqual({ id: 'x', seq: 1 })
  expect(await call('say', { circle: 'ops', content: 'Hi' })).toEqual({
    refused: expect.stringMatching(/^forbidden: /),
  })
  expect(channels.seen.map(({ object }) => object)).toEqual(['circle:dev'])
})

test.each([
  ['a foreign origin', { origin: 'https://evil.test' }, '{}', 403],
  ['a body that is too long', {}, ' '.repeat(300_000), 413],
  ['a body that nests too deep', {}, '['.repeat(200), 400],
])('%s is refused', async (_, headers, body, status) => {
  const request = new Request('https://circles.test/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers } as Record<string, string>,
    body,
  })
  expect((await app.fetch(request, fakeChannels().env)).status).toBe(status)
})

test('a Worker that hands in no module has no /mcp, and says so', async () => {
  const plain = createApp(builtinTables, { ...ownSite, discovery })
  const { env } = fakeChannels()
  const get = async (path: string, of = plain) => of.fetch(new Request(`https://circles.test${path}`), env)
  expect((await get('/mcp')).status).toBe(404)
  expect(await (await get('/llms.txt')).text()).not.toContain('/mcp')
  expect(await (await get('/llms.txt', app)).text()).toContain('https://circles.test/mcp')
  expect((await get('/llms.txt', createApp(builtinTables))).status).toBe(404)
})

test('the agent card names the interfaces that there are', async () => {
  const response = await app.fetch(new Request('https://circles.test/.well-known/agent-card.json'), fakeChannels().env)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toMatchObject({
    name: 'Circles',
    supportedInterfaces: [{ url: 'https://circles.test/mcp' }, { url: 'https://circles.test/api' }],
    securitySchemes: { token: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
  })
})
