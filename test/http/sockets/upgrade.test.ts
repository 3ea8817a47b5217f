import { beforeEach, expect, test, vi } from 'vitest'
import { directChannelName } from '../../../src/auth/resource.ts'
import { writeTicket } from '../../../src/auth/ticket.ts'
import { app } from '../../support/app.ts'
import { fakeChannels } from '../../support/fake-channels.ts'
import { aToken, secret } from '../../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const server = 'https://circles.test'
const key = new TextEncoder().encode(secret)
const withTokens = { AUTH: 'token', AUTH_SECRET: secret, ALLOWED_ORIGINS: 'https://app.test' }

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] })
})

/** Requests an upgrade; the fake object responds with 200, because Node cannot make a 101. */
async function requestUpgrade(
  path: string,
  headers: Record<string, string> = {},
  channels = fakeChannels(),
  method = 'GET',
) {
  const request = new Request(server + path, { method, headers: { upgrade: 'websocket', ...headers } })
  const response = await app.fetch(request, channels.env)
  const text = await response.text()
  const error: unknown = response.ok ? undefined : JSON.parse(text).error.code
  return { status: response.status, error, response, text, seen: channels.seen, ...channels.seen[0] }
}

test.each([
  ['/ws/circles/dev-team', 'circle:dev-team', 'plain'],
  ['/ws/circles/Dev-Team', 'circle:dev-team', 'plain'],
  ['/ws/workspaces/acme', 'workspace:acme', 'plain'],
  ['/ws/workspace/acme', 'workspace:acme', 'plain'],
  ['/ws/agents/pickle', 'agent:pickle', 'plain'],
  ['/ws', 'circle:lobby', 'events'],
  ['/ws?circle=Dev', 'circle:dev', 'events'],
])('[C4] %s leads to %s and speaks %s', async (path, object, dialect) => {
  const { caller, ...result } = await requestUpgrade(path)
  expect([result.object, caller?.channel, caller?.dialect, caller?.agent]).toEqual([
    object,
    object.slice(object.indexOf(':') + 1),
    dialect,
    null,
  ])
})

test('[C4] offering circles.v1 means the native dialect', async () => {
  const native = { 'sec-websocket-protocol': 'circles.v2, circles.v1' }
  for (const path of ['/ws/circles/a', '/ws/workspaces/a', '/ws/agents/a']) {
    expect((await requestUpgrade(path, native)).caller?.dialect).toBe('native')
  }
})

test('[C4] a chat is a private circle of the caller and the agent', async () => {
  const ada = await requestUpgrade('/ws/chat/Pickle?name=ada')
  expect(ada).toMatchObject({
    object: `circle:${await directChannelName('pickle', 'guest:ada')}`,
    caller: { dialect: 'text', agent: 'pickle', principal: { id: 'guest:ada' } },
  })
  const bob = await requestUpgrade('/ws/chat/pickle?name=bob')
  expect(bob.object).not.toBe(ada.object)
})

test.each([
  ['/ws/circles/a%2Fb', 400, 'invalid_name'],
  ['/ws/circles/a%00', 400, 'invalid_name'],
  ['/ws/circles/%E0%A4%A', 400, 'invalid_name'],
  ['/ws/circles/%61', 400, 'invalid_name'],
  ['/ws/%63ircles/a', 400, 'invalid_name'],
  [`/ws/circles/${'a'.repeat(65)}`, 400, 'invalid_name'],
  ['/ws/circles/café', 400, 'invalid_name'],
  ['/ws/circles/dev-teаm', 400, 'invalid_name'], // Cyrillic а
  ['/ws/circles/-a', 400, 'invalid_name'],
  ['/ws/circles/a.', 400, 'invalid_name'],
  ['/ws/circles/', 400, 'invalid_name'],
  ['/ws/circles/chat~pickle~0', 400, 'invalid_name'],
  ['/ws/chat/a%20b', 400, 'invalid_name'],
  ['/ws?circle=', 400, 'invalid_name'],
  ['/ws?circle=a%2Fb', 400, 'invalid_name'],
  ['/ws/circles', 404, 'not_found'],
  ['/ws/circles/a/b', 404, 'not_found'],
  ['/ws/rooms/a', 404, 'not_found'],
  ['/ws/__proto__/a', 404, 'not_found'],
  ['/ws/', 404, 'not_found'],
])('[C2] %s is %i %s', async (path, status, error) => {
  expect(await requestUpgrade(path)).toMatchObject({ status, error, seen: [] })
})

test('[E2] an upgrade path without an upgrade is 426 and names the protocol', async () => {
  const { status, error, response, seen } = await requestUpgrade('/ws/circles/a', { upgrade: '' })
  expect([status, error, response.headers.get('upgrade'), seen]).toEqual([426, 'upgrade_required', 'websocket', []])
  expect(await requestUpgrade('/ws/circles/a', { upgrade: 'h2c' })).toMatchObject({ error: 'upgrade_required' })
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('[E2] %s does not open a socket', async method => {
  const { env, seen } = fakeChannels()
  const request = new Request(`${server}/ws/circles/a`, { method, headers: { upgrade: 'websocket' } })
  const response = await app.fetch(request, env)
  expect([response.status, response.headers.get('allow'), seen]).toEqual([405, 'GET', []])
})

test.each<[string, string, Record<string, string>]>([
  ['no circles.v1', '/ws/circles/a', { 'sec-websocket-protocol': 'chat, ticket.x' }],
  ['an empty offer', '/ws/circles/a', { 'sec-websocket-protocol': '' }],
  ['upper case', '/ws/circles/a', { 'sec-websocket-protocol': 'CIRCLES.V1' }],
  ['over 1 KB', '/ws/circles/a', { 'sec-websocket-protocol': `circles.v1, ${'x'.repeat(1_020)}` }],
  ['circles.v1 where the dialect is events', '/ws', { 'sec-websocket-protocol': 'circles.v1' }],
  ['circles.v1 where the dialect is text', '/ws/chat/pickle', { 'sec-websocket-protocol': 'circles.v1' }],
])('[C4] the subprotocols: %s is bad_subprotocol', async (_, path, headers) => {
  expect(await requestUpgrade(path, headers)).toMatchObject({ status: 400, error: 'bad_subprotocol', seen: [] })
})

test.each([{}, { AUTH: 'token' }, { AUTH: 'yes' }])('[A1] unconfigured as %j: 401 for everyone', async settings => {
  const channels = fakeChannels(settings)
  for (const path of [
    '/ws',
    '/ws/circles/a',
    '/ws/agents/a',
    '/ws/chat/a',
    `/ws/circles/a?token=${await aToken(now)}`,
  ]) {
    const { status, error, text } = await requestUpgrade(path, {}, channels)
    expect([status, error]).toEqual([401, 'unconfigured'])
    expect(text).toMatch(/[Ss]et AUTH/)
  }
  expect(channels.seen).toEqual([])
})

test('[A1] under open a name is the same guest on every socket, and no name is a new guest on each', async () => {
  const principals = await Promise.all(
    ['?name=ada', '?name=ada', '', ''].map(
      async query => (await requestUpgrade(`/ws/circles/a${query}`)).caller?.principal,
    ),
  )
  expect(principals[0]).toEqual({ id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member', expires: null })
  expect(new Set(principals.map(principal => principal?.id)).size).toBe(3)
  expect(await requestUpgrade('/ws/circles/a?name=agent:pickle')).toMatchObject({ status: 400, error: 'invalid_name' })
})

test('[A2] a token makes a principal with the role that it grants, until it expires', async () => {
  const token = await aToken(now, { name: 'Ada', channels: { 'circle:dev-*': 'owner' } })
  const { caller } = await requestUpgrade(
    '/ws/circles/dev-a',
    { authorization: `Bearer ${token}` },
    fakeChannels(withTokens),
  )
  expect(caller?.principal).toEqual({
    id: 'ada',
    name: 'Ada',
    kind: 'person',
    role: 'owner',
    expires: now + 3_600_000,
    issued: expect.any(Number),
  })
})

test('[A2] a token without a grant for the channel is forbidden', async () => {
  const token = await aToken(now, { channels: { 'circle:dev-*': 'owner' } })
  const result = await requestUpgrade(`/ws/circles/ops?token=${token}`, {}, fakeChannels(withTokens))
  expect(result).toMatchObject({ status: 403, error: 'forbidden', seen: [] })
})

test('[A3] a ticket is accepted in the subprotocol or the query, for its own channel only', async () => {
  const principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: now + 60_000 } as const
  const ticket = await writeTicket({ id: 't1', resource: 'circle:a', principal, expires: now + 30_000 }, [key])
  const offered = { 'sec-websocket-protocol': `circles.v1, ticket.${ticket}` }
  const used = { principal, ticket: { id: 't1', expires: now + 30_000 } }
  expect((await requestUpgrade('/ws/circles/a', offered, fakeChannels(withTokens))).caller).toMatchObject(used)
  expect((await requestUpgrade(`/ws/circles/a?ticket=${ticket}`, {}, fakeChannels(withTokens))).caller).toMatchObject(
    used,
  )
  expect(await requestUpgrade('/ws/circles/b', offered, fakeChannels(withTokens))).toMatchObject({
    status: 403,
    error: 'forbidden',
  })
})

test('[A3] a ticket that its channel has seen before is refused with the response of the channel', async () => {
  const channels = fakeChannels()
  const body = { error: { code: 'ticket_used', message: 'This ticket was used.' } }
  channels.answers.upgrade = () => Response.json(body, { status: 401 })
  expect(await requestUpgrade('/ws/circles/a', {}, channels)).toMatchObject({ status: 401, error: 'ticket_used' })
})

test('[D4] a private circle with an agent that does not exist is no circle', async () => {
  const refused = await requestUpgrade('/ws/chat/nobody?name=ada')
  expect(refused).toMatchObject({ status: 404, error: 'not_found', seen: [] })
  const stranger = await requestUpgrade('/ws/chat/nobody', {}, fakeChannels(withTokens))
  expect(stranger).toMatchObject({ status: 401, seen: [] }) // who asks is known first
})

test('[A4] without credentials under token: a plain socket may authenticate later, other dialects may not', async () => {
  expect(await requestUpgrade('/ws/circles/a', {}, fakeChannels(withTokens))).toMatchObject({
    caller: { principal: null, dialect: 'plain', ticket: null },
  })
  const native = { 'sec-websocket-protocol': 'circles.v1' }
  for (const [path, headers] of [
    ['/ws/circles/a', native],
    ['/ws', {}],
    ['/ws/chat/pickle', {}],
  ] as const) {
    const { status, error, response, seen } = await requestUpgrade(path, headers, fakeChannels(withTokens))
    expect([status, error, response.headers.get('www-authenticate'), seen]).toEqual([
      401,
      'missing_token',
      'Bearer',
      [],
    ])
  }
})

test('[A3] bad credentials reach no object, and no response repeats them', async () => {
  const channels = fakeChannels(withTokens)
  for (const bad of ['s3cr3t', 'a.b.c', 'x'.repeat(9_000), await aToken(now, { exp: now / 1000 - 1 })]) {
    for (const [query, headers] of [
      [`?token=${bad}`, {}],
      [`?ticket=${bad}`, {}],
      ['', { authorization: `Bearer ${bad}` }],
      ['', { 'sec-websocket-protocol': `circles.v1, ticket.${bad.slice(0, 900)}` }],
    ] as [string, Record<string, string>][]) {
      const { status, text } = await requestUpgrade(`/ws/circles/a${query}`, headers, channels)
      expect([status, text.includes(bad.slice(0, 6))]).toEqual([401, false])
    }
  }
  expect(channels.seen).toEqual([])
})

test('[A7] a foreign origin is refused, whatever its credentials', async () => {
  const authorization = `Bearer ${await aToken(now)}`
  const from = (origin: string) => requestUpgrade('/ws/circles/a', { origin, authorization }, fakeChannels(withTokens))
  for (const origin of ['https://evil.test', 'null', 'http://localhost:8000', 'http://circles.test']) {
    expect(await from(origin)).toMatchObject({ status: 403, error: 'origin_not_allowed', seen: [] })
  }
  for (const origin of [server, 'https://app.test']) expect(await from(origin)).toMatchObject({ status: 200 })
})

test('[A7] a cookie is not a credential', async () => {
  const cookie = `token=${await aToken(now)}; CF_Authorization=${await aToken(now)}`
  const native = { cookie, 'sec-websocket-protocol': 'circles.v1' }
  expect(await requestUpgrade('/ws/circles/a', native, fakeChannels(withTokens))).toMatchObject({
    error: 'missing_token',
  })
})

test('[A3] the object gets the caller and none of the credentials', async () => {
  const token = await aToken(now)
  const headers = {
    authorization: `Bearer ${token}`,
    cookie: 'session=s3cr3t',
    'sec-websocket-protocol': 'circles.v1, ticket.s3cr3t',
    'cf-access-jwt-assertion': 's3cr3t',
    'x-circles-visit': 'forged',
    'x-circles-user': 'admin',
    'user-agent': 'test',
  }
  const { request, caller } = await requestUpgrade(`/ws/circles/a?ticket=s3cr3t&x=1`, headers, fakeChannels(withTokens))
  expect(caller?.principal?.id).toBe('ada')
  expect(request?.url).toBe('https://channel/')
  expect([...(request?.headers.keys() ?? [])].sort()).toEqual(['upgrade', 'x-circles-visit'])
  expect(request?.headers.get('x-circles-visit') ?? '').not.toMatch(/s3cr3t|eyJ/)
})

test('[D1] ?signals=1 asks for signals', async () => {
  expect((await requestUpgrade('/ws/circles/a?signals=1')).caller).toMatchObject({ dialect: 'plain', signals: true })
  for (const query of ['', '?signals=0']) {
    expect((await requestUpgrade(`/ws/circles/a${query}`)).caller).not.toHaveProperty('signals')
  }
})

test.each<[string, unknown]>([
  ['?since=0&epoch=e1', { since: 0, epoch: 'e1' }],
  ['?since=41', { since: 41, epoch: null }],
  ['?epoch=e1', { since: null, epoch: null }],
  [`?since=1&epoch=${'e'.repeat(65)}`, { since: 1, epoch: null }],
])('[R1] %s asks to resume there', async (query, expected) => {
  const { caller } = await requestUpgrade(`/ws/circles/a${query}`, { 'sec-websocket-protocol': 'circles.v1' })
  expect(caller).toMatchObject(expected as object)
})

test.each(['-1', '1.5', 'x', '', '1e3', '9'.repeat(16)])('[R1] ?since=%s is not a seq', async since => {
  const native = { 'sec-websocket-protocol': 'circles.v1' }
  expect(await requestUpgrade(`/ws/circles/a?since=${since}`, native)).toMatchObject({
    status: 400,
    error: 'invalid',
    seen: [],
  })
  expect((await requestUpgrade(`/ws/circles/a?since=${since}`)).caller).toMatchObject({ since: null }) // the plain dialect cannot resume
})
