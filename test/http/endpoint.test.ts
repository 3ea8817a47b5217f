import { expect, test } from 'vitest'
import { z } from 'zod'
import { endpoint, routerOf } from '../../src/http/endpoint.ts'
import { fakeChannels } from '../support/fake-channels.ts'

const path = '/things/:name'
const responses = { 200: z.object({}) }
const query = z.object({ limit: z.string() })
const body = z.strictObject({ title: z.string() })
const router = routerOf([
  endpoint(
    { id: 'list', description: 'For the test.', method: 'get', path, summary: 'Read', query, responses },
    context => context.json({ name: context.req.param('name'), limit: context.req.valid('query').limit }),
  ),
  endpoint(
    { id: 'change', description: 'For the test.', method: 'patch', path, summary: 'Change', body, responses },
    context => context.json({ title: context.req.valid('json').title }),
  ),
])

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

test('[E2] another method of a path is refused, and the response lists the methods that exist', async () => {
  const error = { error: { code: 'method_not_allowed', message: expect.any(String) } }
  expect(await send('DELETE', '/things/a')).toEqual({ status: 405, allow: 'GET, PATCH', json: error })
})
