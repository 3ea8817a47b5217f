import { expect, test } from 'vitest'
import { createHttpClient, type HttpClientOptions, HttpError } from '../../src/http-client/index.ts'
import { app } from '../support/app.ts'
import { ack, fakeChannels, openHere } from '../support/fake-channels.ts'
import { aToken, secret } from '../support/tokens.ts'

const now = Date.now()

/** A client of an app whose channels record what they are asked. */
function newClient(options: HttpClientOptions = {}, settings?: Parameters<typeof fakeChannels>[0]) {
  const channels = fakeChannels(settings)
  const requests: Request[] = []
  const fetch = (request: Request) => {
    requests.push(request)
    return app.fetch(request, channels.env)
  }
  return { ...channels, requests, client: createHttpClient('https://circles.test/', { fetch, ...options }) }
}

test('an operation sends its path, its headers and its body, and returns the JSON of the response', async () => {
  const { client, seen, answers } = newClient()
  answers.ask = () => ack(8)
  const posted = await client.sendMessage({ name: 'dev', idempotencyKey: 'k-1', body: { content: 'hello' } })
  expect(posted satisfies { seq: number; id: string }).toEqual({ seq: 8, id: 'k-1' })
  const reacted = await client.react({ kind: 'workspace', name: 'acme', body: { seq: 1, emoji: '👍' } })
  expect(reacted).toEqual({ id: 'x', seq: 8 })
  expect(seen).toMatchObject([
    { object: 'circle:dev', command: { type: 'message', id: 'k-1', data: { content: 'hello' } } },
    { object: 'workspace:acme', command: { type: 'react', data: { seq: 1, emoji: '👍' } } },
  ])
})

test('a query has the arguments that are given, and a path is escaped', async () => {
  const { client, requests, answers } = newClient({}, { ...openHere, LOG: 'off' })
  const history = { id: 'x', events: [], more: false }
  answers.ask = () => ({ answer: { type: 'history', data: history, at: 0 }, epoch: 'e1', head: 7, instance: 'i1' })
  const page = await client.listCircleEvents({ name: 'dev', limit: 5, before: 3 })
  expect(page).toEqual({ events: [], more: false, epoch: 'e1', head: 7 })
  await client.removeMember({ name: 'dev', user: 'a/b?c' }).catch(() => {}) // the fake has no members
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET https://circles.test/api/circles/dev/events?limit=5&before=3',
    'DELETE https://circles.test/api/circles/dev/members/a%2Fb%3Fc',
  ])
})

test('a refusal is thrown with its status, its code and its pause', async () => {
  const { client, answers } = newClient()
  const limited = { code: 'rate_limited', message: 'Too fast.', retry_after_ms: 2_000 } as const
  answers.ask = () => ({ answer: { type: 'error', data: limited, at: 0 }, epoch: 'e', head: 0, instance: 'i' })
  const error: unknown = await client.approve({ kind: 'circle', name: 'dev', body: { approval: 'a' } }).catch(e => e)
  expect(error).toBeInstanceOf(HttpError)
  expect(error).toMatchObject({ status: 429, code: 'rate_limited', message: 'Too fast.', retryAfterMs: 2_000 })
})

test('a response of something in between is an error without a code of its own', async () => {
  const client = createHttpClient('https://circles.test', { fetch: () => new Response('<html>', { status: 502 }) })
  const error: unknown = await client.listCircles().catch(e => e)
  expect(error).toMatchObject({ status: 502, code: 'internal', retryAfterMs: null })
})

test('the token is asked for before each request, and paths of one’s own get it too', async () => {
  const tokens = [await aToken(now, { sub: 'ada', channels: { '*': 'owner' } }), 'bad']
  const { client, requests } = newClient({ token: () => tokens.shift() ?? '' }, { AUTH: 'token', AUTH_SECRET: secret })
  expect(await client.getHealth()).toMatchObject({ ok: true })
  await expect(client.fetch('/api/circles/dev/x/votes', { method: 'POST' })).rejects.toMatchObject({ status: 401 })
  expect(requests.map(({ headers }) => headers.get('authorization')?.length ?? 0)).toEqual([
    expect.any(Number),
    'Bearer bad'.length,
  ])
})

test('a text is returned as the response, and nothing as undefined', async () => {
  const answers = [
    new Response('{"seq":1}\n', { headers: { 'content-type': 'application/jsonl' } }),
    new Response(null, { status: 204 }),
  ]
  const client = createHttpClient('https://circles.test/rooms', { fetch: () => answers.shift() ?? Response.error() })
  expect(await (await client.exportCircle({ name: 'dev' })).text()).toBe('{"seq":1}\n')
  expect(await client.deleteCircle({ name: 'dev', confirm: 'dev' })).toBeUndefined()
})

test('an import sends text or a stream as lines, and the address may have a path', async () => {
  const received: [string, string | null, string][] = []
  const client = createHttpClient('https://circles.test/rooms', {
    fetch: async request => {
      received.push([request.url, request.headers.get('content-type'), await request.text()])
      return Response.json({ events: 1 })
    },
  })
  await client.importCircle({ name: 'dev', body: 'line\n' })
  const stream = new Blob(['streamed\n']).stream()
  expect(await client.importCircle({ name: 'dev', replace: 'true', body: stream })).toEqual({ events: 1 })
  expect(received).toEqual([
    ['https://circles.test/rooms/api/circles/dev/import', 'application/jsonl', 'line\n'],
    ['https://circles.test/rooms/api/circles/dev/import?replace=true', 'application/jsonl', 'streamed\n'],
  ])
})

test('a request can be aborted', async () => {
  const client = createHttpClient('https://circles.test', {
    fetch: request => (request.signal.aborted ? Promise.reject(request.signal.reason) : new Response()),
  })
  const signal = AbortSignal.abort(new Error('no longer wanted'))
  await expect(client.listCircles({}, { signal })).rejects.toThrow('no longer wanted')
})
