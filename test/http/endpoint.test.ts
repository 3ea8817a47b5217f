import { Hono } from 'hono'
import { expect, test } from 'vitest'
import * as z from 'zod'
import type { HttpEnv } from '../../src/http/context.ts'
import { endpoint, routerOf } from '../../src/http/endpoint.ts'
import { failure, statuses } from '../../src/http/errors.ts'
import { ownSite } from '../../src/http/site.ts'
import { fakeChannels } from '../support/fake-channels.ts'

const path = '/things/:name'
const responses = { 200: z.object({}) }
const query = z.object({ limit: z.string() })
const body = z.strictObject({ title: z.string() })
const endpoints = routerOf([
  endpoint(
    { id: 'list', description: 'For the test.', method: 'get', path, summary: 'Read', query, responses },
    context => context.json({ name: context.req.param('name'), limit: context.req.valid('query').limit }),
  ),
  endpoint(
    { id: 'change', description: 'For the test.', method: 'patch', path, summary: 'Change', body, responses },
    context => context.json({ title: context.req.valid('json').title }),
  ),
])

const router = new Hono<HttpEnv>()
router.use((context, next) => {
  context.set('site', ownSite)
  return next()
})
router.route('/', endpoints)

async function send(method: string, target: string, body?: string) {
  const headers = { 'content-type': 'application/json' }
  const request = new Request(`https://circles.test${target}`, { method, headers, ...(body !== undefined && { body }) })
  const response = await router.fetch(request, fakeChannels().env)
  return { status: response.status, allow: response.headers.get('allow'), json: await response.json() }
}

test('[W] a handler gets the path, query and body that its operation describes', async () => {
  expect((await send('GET', '/things/a?limit=5')).json).toEqual({ name: 'a', limit: '5' })
  expect((await send('PATCH', '/things/a', '{"title":"A"}')).json).toEqual({ title: 'A' })
})

test('[E2] a query or body that does not match its schema is invalid', async () => {
  const error = { error: { code: 'invalid', message: expect.any(String) } }
  expect(await send('GET', '/things/a')).toMatchObject({ status: 400, json: error })
  expect(await send('PATCH', '/things/a', '{"name":"A"}')).toMatchObject({ status: 400, json: error })
})

test('[E2] what a sender can mend is 4xx, an agent that does not exist included; these alone are 5xx', () => {
  const codes = Object.entries(statuses).flatMap(([code, status]) => (status >= 500 ? code : []))
  expect(codes).toEqual(['internal', 'files_unavailable', 'not_implemented', 'unavailable'])
  expect(failure('agent_unavailable', 'There is no agent called nobody here.').status).toBe(404)
})

test('[E2] another method of a path is refused, and the response lists the methods that exist', async () => {
  const error = { error: { code: 'method_not_allowed', message: expect.any(String) } }
  expect(await send('DELETE', '/things/a')).toEqual({ status: 405, allow: 'GET, PATCH', json: error })
})

const latin1 = Uint8Array.from([...'{"title":"caf'].map(char => char.charCodeAt(0)).concat(0xe9, 0x22, 0x7d))
const bytesOf = (text: string) => new TextEncoder().encode(text)

test.each([
  ['Latin-1', latin1, {}, 400, 'bad_json'],
  ['half a character at the end', bytesOf('{"title":"é"}').slice(0, 11), {}, 400, 'bad_json'],
  ['an overlong form', new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), {}, 400, 'bad_json'],
  ['a surrogate', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), {}, 400, 'bad_json'],
  ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0]), {}, 400, 'bad_json'],
  ['another charset', latin1, { 'content-type': 'application/json; charset=iso-8859-1' }, 415, 'unsupported_type'],
  ['gzip', bytesOf('{"title":"A"}'), { 'content-encoding': 'gzip' }, 415, 'unsupported_type'],
])('[W] a body that is not UTF-8 is refused: %s', async (_, body, headers, status, code) => {
  const response = await sendBytes(body, headers)
  expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }])
})

test.each([
  {},
  { 'content-type': 'application/json; charset=UTF-8' },
  { 'content-type': 'application/json;charset="utf-8"' },
  { 'content-encoding': 'identity' },
])('[W] a body that is UTF-8 is read, with a byte order mark, too: %j', async headers => {
  const response = await sendBytes(bytesOf('\ufeff{"title":"é"}'), headers)
  expect(await response.json()).toEqual({ title: 'é' })
})

function sendBytes(body: Uint8Array, more: Record<string, string>) {
  const headers = { 'content-type': 'application/json', ...more }
  return router.fetch(
    new Request('https://circles.test/things/a', { method: 'PATCH', headers, body: Buffer.from(body) }),
    fakeChannels().env,
  )
}
