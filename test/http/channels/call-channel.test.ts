import { beforeEach, expect, test, vi } from 'vitest'
import { readTicket } from '../../../src/auth/ticket.ts'
import { app } from '../../support/app.ts'
import { ack, fakeChannels } from '../../support/fake-channels.ts'
import { aToken, secret } from '../../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const key = new TextEncoder().encode(secret)
const withTokens = { AUTH: 'token', AUTH_SECRET: secret, ALLOWED_ORIGINS: 'https://app.test' }

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] })
})

type RequestOptions = { method?: string; headers?: Record<string, string>; body?: BodyInit }

/** Sends a request to the API; a body is JSON unless the headers say otherwise. */
async function send(path: string, { method, headers, body }: RequestOptions = {}, channels = fakeChannels()) {
  const request = new Request(`https://circles.test${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body, duplex: 'half' }),
  })
  const response = await app.fetch(request, channels.env)
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: JSON.parse(text || 'null'),
    seen: channels.seen,
  }
}
const error = (code: string) => ({ error: { code, message: expect.any(String) } })
const message = (content: unknown) => JSON.stringify({ content })

test('[E2] an error is JSON that is not stored, loads nothing and contains no stack', async () => {
  const { status, headers, json } = await send('/api/nowhere')
  expect([status, json]).toEqual([404, error('not_found')])
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
})

test('[E2] an unexpected error is logged once and returned as internal', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  const channels = fakeChannels()
  channels.answers.ask = () => {
    throw new Error('a secret detail')
  }
  const { status, text } = await send('/api/circles/a/messages', { body: message('hi') }, channels)
  expect([status, JSON.parse(text), text.includes('detail')]).toEqual([500, error('internal'), false])
  expect(logged).toHaveBeenCalledTimes(1)
  logged.mockRestore()
})

test('[E2] a channel that the runtime calls overloaded is unavailable', async () => {
  const channels = fakeChannels()
  channels.answers.ask = () => {
    throw Object.assign(new Error('overloaded'), { overloaded: true })
  }
  expect(await send('/api/circles/a/messages', { body: message('hi') }, channels)).toMatchObject({ status: 503 })
})

test.each([
  ['/api/tickets', 'GET', 'POST'],
  ['/api/circles/a/messages', 'GET', 'POST'],
  ['/healthz', 'POST', 'GET'],
])('[E2] %s does not take %s', async (path, method, allow) => {
  const { status, json, headers } = await send(path, { method })
  expect([status, json, headers.get('allow')]).toEqual([405, error('method_not_allowed'), allow])
})

const small = { headers: {}, body: message('hi') }
test.each<[string, RequestOptions, number, string]>([
  ['no content type', { ...small, headers: { 'content-type': '' } }, 415, 'unsupported_type'],
  ['a form', { ...small, headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'unsupported_type'],
  ['plain text', { ...small, headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_type'],
  [
    'a type that begins like JSON',
    { ...small, headers: { 'content-type': 'application/jsonx' } },
    415,
    'unsupported_type',
  ],
  ['one byte over 256 KiB', { body: message('x'.repeat(262_144 - 13)) }, 413, 'too_large'],
  ['an endless stream with a short content-length', endless(), 413, 'too_large'],
  ['half of an object', { body: '{"content":' }, 400, 'bad_json'],
  ['nothing', { body: '' }, 400, 'bad_json'],
  ['words', { body: 'hello' }, 400, 'bad_json'],
  ['20 KB of brackets', { body: '['.repeat(20_000) }, 400, 'too_deep'],
  ['a list', { body: '[]' }, 400, 'invalid'],
  ['null', { body: 'null' }, 400, 'invalid'],
  ['no content', { body: '{}' }, 400, 'invalid'],
  ['a number as content', { body: message(7) }, 400, 'invalid'],
  ['a claimed author', { body: '{"content":"hi","user_id":"admin"}' }, 400, 'invalid'],
  ['an own key __proto__', { body: '{"content":"hi","__proto__":{"polluted":1}}' }, 400, 'invalid'],
  ['a seq beyond all numbers', { body: '{"content":"hi","reply_to":1e400}' }, 400, 'invalid'],
])('[E2] the body: %s', async (_, options, status, code) => {
  const { seen, ...response } = await send('/api/circles/a/messages', options)
  expect([response.status, response.json, seen]).toEqual([status, error(code), []])
  expect(Object.keys(Object.prototype)).toEqual([])
})

test('[E2] a body of 256 KiB is read', async () => {
  const { seen } = await send('/api/circles/a/messages', { body: message('x'.repeat(262_144 - 14)) })
  expect(seen).toHaveLength(1)
})

function endless(): RequestOptions {
  const chunk = new Uint8Array(65_536).fill(32)
  const body = new ReadableStream({ pull: controller => controller.enqueue(chunk) })
  return { body, headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': '10' } }
}

test('[W] a message is stored once: 201 with its seq and id, and 200 with the same for a repeat', async () => {
  const channels = fakeChannels()
  const sent = { body: '{"content":"hi","reply_to":3}', headers: { 'idempotency-key': 'k-1' } }
  channels.answers.ask = () => ack(7)
  const first = await send('/api/circles/Dev/messages?name=ada', sent, channels)
  channels.answers.ask = () => ack(7, true)
  const again = await send('/api/circles/Dev/messages?name=ada', sent, channels)
  expect([first.status, again.status, first.json]).toEqual([201, 200, { seq: 7, id: 'k-1' }])
  expect(again.text).toBe(first.text)
  expect(channels.seen[1]).toEqual({
    object: 'circle:dev',
    caller: {
      channel: 'dev',
      principal: { id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member', expires: null },
      dialect: 'native',
      agent: null,
      ticket: null,
      request: expect.any(String),
      since: null,
      epoch: null,
    },
    command: { type: 'message', id: 'k-1', data: { content: 'hi', reply_to: 3 } },
  })
})

test('[W] without a key each request is a message of its own; without a name the sender is one common guest', async () => {
  const channels = fakeChannels()
  const responses = [
    await send('/api/circles/a/messages', small, channels),
    await send('/api/circles/a/messages', small, channels),
  ]
  expect(new Set(responses.map(({ json }) => json.id)).size).toBe(2)
  expect(channels.seen.map(({ caller }) => caller.principal?.id)).toEqual(['guest:visitor', 'guest:visitor'])
})

test.each([
  ['k-1', 201],
  ['"k-1"', 201],
  ['', 400],
  ['a b', 400],
  ['x'.repeat(65), 400],
])('[W] the Idempotency-Key %j: %i', async (value, status) => {
  const response = await send('/api/circles/a/messages', { ...small, headers: { 'idempotency-key': value } })
  expect(response.status).toBe(status)
  if (status === 201) expect(response.json.id).toBe('k-1')
})

test.each([
  ['read_only', 403],
  ['empty', 400],
  ['too_large', 413],
  ['conflict', 409],
  ['paused', 409],
  ['rate_limited', 429],
  ['internal', 500],
] as const)('[E2] %s of the channel is %i here', async (code, status) => {
  const channels = fakeChannels()
  const data = { id: 'x', code, message: 'No.', ...(code === 'rate_limited' && { retry_after_ms: 1_200 }) }
  channels.answers.ask = () => ({ answer: { type: 'error', data, at: 0 }, epoch: 'e', instance: 'i', head: 0 })
  const { headers, ...response } = await send('/api/circles/a/messages', small, channels)
  expect([response.status, response.json]).toEqual([status, { error: { code, message: 'No.' } }])
  expect(headers.get('retry-after')).toBe(code === 'rate_limited' ? '2' : null)
})

test.each(['a%2Fb', '%61', 'a%20b', 'café', 'x'.repeat(65), 'chat~pickle~0'])(
  '[C2] %s is not the name of a circle',
  async name => {
    const { status, json, seen } = await send(`/api/circles/${name}/messages`, small)
    expect([status, json, seen]).toEqual([400, error('invalid_name'), []])
  },
)

test('[A3] the API takes bearer tokens only, and refuses bad ones before any object is called', async () => {
  const channels = fakeChannels(withTokens)
  const path = '/api/circles/a/messages'
  const token = await aToken(now)
  const refusals: [string, RequestOptions, number, string][] = [
    [path, small, 401, 'missing_token'],
    [`${path}?token=${token}`, small, 401, 'missing_token'],
    [`${path}?name=ada`, small, 401, 'missing_token'],
    [path, { ...small, headers: { cookie: `token=${token}` } }, 401, 'missing_token'],
    [path, { ...small, headers: { authorization: 'Bearer bad' } }, 401, 'invalid_token'],
    [path, { ...small, headers: { authorization: `Bearer ${await aToken(now, { channels: {} })}` } }, 403, 'forbidden'],
  ]
  for (const [at, options, status, code] of refusals) {
    const response = await send(at, options, channels)
    expect([response.status, response.json]).toEqual([status, error(code)])
    expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
  }
  expect(channels.seen).toEqual([])
  expect(await send(path, { ...small, headers: { authorization: `Bearer ${token}` } }, channels)).toMatchObject({
    status: 201,
    seen: [{ caller: { principal: { id: 'ada', kind: 'person' } } }],
  })
})

test('[A1] unconfigured, the API names the setting', async () => {
  const { status, json } = await send('/api/tickets', { body: '{"channel":"circle:a"}' }, fakeChannels({}))
  expect([status, json]).toEqual([
    401,
    { error: { code: 'unconfigured', message: expect.stringContaining('Set AUTH') } },
  ])
})

test('[A3] a ticket holds the principal of the token, for 30 seconds and one channel', async () => {
  const headers = { authorization: `Bearer ${await aToken(now, { channels: { 'circle:*': 'owner' } })}` }
  const { status, json } = await send(
    '/api/tickets',
    { headers, body: '{"channel":"circle:Dev"}' },
    fakeChannels(withTokens),
  )
  expect([status, json]).toEqual([201, { ticket: expect.any(String), expires_in: 30 }])
  expect(await readTicket(json.ticket, [key], now)).toEqual({
    id: expect.any(String),
    resource: 'circle:dev',
    principal: {
      id: 'ada',
      name: 'ada',
      kind: 'person',
      role: 'owner',
      expires: now + 3_600_000,
      issued: expect.any(Number),
    },
    expires: now + 30_000,
  })
})

test('[A6] a ticket does not outlive the token it was issued for', async () => {
  const headers = { authorization: `Bearer ${await aToken(now, { exp: now / 1000 + 10 })}` }
  const { json } = await send('/api/tickets', { headers, body: '{"channel":"circle:a"}' }, fakeChannels(withTokens))
  expect(json.expires_in).toBe(10)
  expect(await readTicket(json.ticket, [key], now)).toMatchObject({ expires: now + 10_000 })
})

test('[A3] each ticket is different, and a ticket cannot be exchanged for another', async () => {
  const channels = fakeChannels(withTokens)
  const order = { headers: { authorization: `Bearer ${await aToken(now)}` }, body: '{"channel":"circle:a"}' }
  const [one, two] = [await send('/api/tickets', order, channels), await send('/api/tickets', order, channels)]
  expect(one.json.ticket).not.toBe(two.json.ticket)
  const headers = { authorization: `Bearer ${one.json.ticket}` }
  expect(await send('/api/tickets', { ...order, headers }, channels)).toMatchObject({ status: 401 })
})

test.each([
  ['circle:ops', 403, 'forbidden'],
  ['room:a', 400, 'invalid_name'],
  ['circle:a/b', 400, 'invalid_name'],
  ['circle:chat~pickle~0', 400, 'invalid_name'],
  ['', 400, 'invalid_name'],
])('[A3] no ticket for %j: %i %s', async (channel, status, code) => {
  const headers = { authorization: `Bearer ${await aToken(now, { channels: { 'circle:dev': 'member' } })}` }
  const response = await send('/api/tickets', { headers, body: JSON.stringify({ channel }) }, fakeChannels(withTokens))
  expect([response.status, response.json]).toEqual([status, error(code)])
})

test('[A7] a foreign page may not use the API; a listed one may, and CORS says so', async () => {
  const channels = fakeChannels(withTokens)
  const from = (origin: string, method = 'POST') =>
    send('/api/tickets', { method, headers: { origin, 'access-control-request-method': 'POST' } }, channels)
  expect(await from('https://evil.test')).toMatchObject({ status: 403, json: error('origin_not_allowed') })
  expect((await from('https://evil.test', 'OPTIONS')).headers.get('access-control-allow-origin')).toBeNull()
  const preflight = await from('https://app.test', 'OPTIONS')
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.test'])
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
})

test('[A7] a listed page may send what event sources and clients send', async () => {
  const headers = { origin: 'https://app.test', 'access-control-request-method': 'GET' }
  const path = '/api/channels/circle/a/stream'
  const preflight = await send(path, { method: 'OPTIONS', headers }, fakeChannels(withTokens))
  const allowed = preflight.headers.get('access-control-allow-headers')?.split(',') ?? []
  expect(allowed).toEqual(
    expect.arrayContaining(['authorization', 'content-type', 'last-event-id', 'idempotency-key', 'cache-control']),
  )
})

test.each([
  ['circles', 'circle'],
  ['workspaces', 'workspace'],
  ['agents', 'agent'],
])(
  '[W] a page of /api/%s/…/events has native frames, whether there are more, the head and the epoch',
  async (path, kind) => {
    const channels = fakeChannels()
    const data = { agent_id: 'pickle', agent_name: 'Pickle' }
    const event = { type: 'agent_joined' as const, data, seq: 4, at: now, id: 'seq:4', origin: { source: 'test' } }
    const answer = { type: 'history' as const, data: { events: [event], more: true }, at: now }
    channels.answers.ask = () => ({ answer, epoch: 'e1', instance: 'i1', head: 9 })
    const { status, json } = await send(`/api/${path}/Acme/events?after=3&limit=1`, {}, channels)
    const { origin: _, at: __, ...shown } = event
    const frame = { ...shown, timestamp: '2026-11-21T12:00:00.000Z', channel: `${kind}:acme` }
    expect([status, json]).toEqual([200, { events: [frame], more: true, head: 9, epoch: 'e1' }])
    expect(channels.seen).toMatchObject([
      { object: `${kind}:acme`, command: { type: 'history', data: { after: 3, limit: 1 } } },
    ])
  },
)

test('[W] a channel that does not exist has no events, and reading does not create it', async () => {
  const channels = fakeChannels()
  channels.answers.ask = () => null
  const { status, json } = await send('/api/circles/nowhere/events', {}, channels)
  expect([status, json]).toEqual([404, error('not_found')])
})

test.each([
  'limit=0',
  'limit=201',
  'limit=-1',
  'limit=x',
  'before=x',
  'before=0',
  'after=1.5',
  'after=1e400',
  'after=1&before=9',
])('[E2] no page of events at ?%s', async query => {
  const { status, json, seen } = await send(`/api/circles/a/events?${query}`)
  expect([status, json, seen]).toEqual([400, error('invalid'), []])
})
