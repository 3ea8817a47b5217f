import { listDurableObjectIds } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { release } from '../../src/protocol/version.ts'
import { CircleObject } from '../../src/worker.ts'
import { app } from '../support/app.ts'
import { aToken } from '../support/tokens.ts'

const server = 'https://circles.test'
const underToken: Env = { ...env, AUTH: 'token' }
const socket = { upgrade: 'websocket' }

async function countObjects() {
  const namespaces = [env.CIRCLES, env.WORKSPACES, env.AGENT_CHANNELS]
  return (await Promise.all(namespaces.map(namespace => listDurableObjectIds(namespace)))).flat().length
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}, bindings: Env = env) {
  const allHeaders = { 'content-type': 'application/json', ...headers }
  const request = new Request(server + path, { method: 'POST', headers: allHeaders, body: JSON.stringify(body) })
  const response = await app.fetch(request, bindings)
  return { status: response.status, json: await response.json<{ ticket: string; error: { code: string } }>() }
}

async function requestUpgrade(path: string, headers: Record<string, string> = {}, bindings: Env = env) {
  const response = await app.fetch(new Request(server + path, { headers: { ...socket, ...headers } }), bindings)
  const { status, webSocket } = response
  webSocket?.accept()
  webSocket?.close(1000)
  return {
    status,
    protocol: response.headers.get('sec-websocket-protocol'),
    text: webSocket ? '' : await response.text(),
  }
}

test('[W] /healthz returns the version of a running Worker', async () => {
  const response = await exports.default.fetch(`${server}/healthz`)
  expect([response.status, await response.json()]).toEqual([200, { ok: true, version: release }])
})

test('[A3] a thousand bad tokens create no object', async () => {
  const before = await countObjects()
  const now = Date.now()
  const bad = [
    'garbage',
    'x'.repeat(10_000),
    await aToken(now, { exp: undefined }),
    await aToken(now, { exp: now / 1000 - 10 }),
    await aToken(now, {}, 'signed with another secret, alas'),
  ]
  const paths = ['/ws/circles/a', '/ws/workspaces/a', '/ws/agents/a', '/ws/chat/pickle']
  const statuses = new Set<number>()
  for (let count = 0; count < 1_000; count++) {
    const [path, token] = [paths[count % paths.length], bad[count % bad.length]]
    const authorization = `Bearer ${token}`
    statuses.add((await requestUpgrade(`${path}${count}`, { authorization }, underToken)).status)
  }
  expect([...statuses]).toEqual([401])
  expect(await countObjects()).toBe(before)
  const authorization = `Bearer ${await aToken(now)}`
  expect(await requestUpgrade('/ws/circles/a', { authorization }, underToken)).toMatchObject({ status: 101 })
  expect(await countObjects()).toBe(before + 1) // so the count does show new objects
})

test('[A3] the object gets one header of ours, whatever the client sent', async () => {
  const fetchObject = vi.spyOn(CircleObject.prototype, 'fetch')
  const token = await aToken(Date.now())
  const sent = {
    authorization: `Bearer ${token}`,
    cookie: 'token=s3cr3t',
    'sec-websocket-protocol': 'circles.v1, ticket.s3cr3t',
    'x-circles-visit': 's3cr3t',
    'x-circles-user': 'admin',
  }
  await requestUpgrade(`/ws/circles/sealed?x=s3cr3t`, sent, underToken)
  expect(fetchObject).toHaveBeenCalledTimes(1)
  const [[request]] = fetchObject.mock.calls as [[Request]]
  const whole = JSON.stringify([request.url, request.method, ...request.headers])
  expect(whole).not.toMatch(/s3cr3t|eyJ|admin|authorization|cookie|sec-websocket-protocol/i)
  expect(request.headers.get('x-circles-visit')).toContain('ada')
  fetchObject.mockRestore()
})

test('[A3] a ticket opens its channel once, natively, and is not echoed', async () => {
  const authorization = `Bearer ${await aToken(Date.now())}`
  const { status, json } = await post('/api/tickets', { channel: 'circle:once' }, { authorization }, underToken)
  expect(status).toBe(201)
  const offer = { 'sec-websocket-protocol': `circles.v1, ticket.${json.ticket}` }
  expect(await requestUpgrade('/ws/circles/once', offer, underToken)).toMatchObject({
    status: 101,
    protocol: 'circles.v1',
  })
  const again = await requestUpgrade('/ws/circles/once', offer, underToken)
  expect([again.status, JSON.parse(again.text).error.code]).toEqual([401, 'ticket_used'])
  const elsewhere = await requestUpgrade(`/ws/circles/other?ticket=${json.ticket}`, {}, underToken)
  expect([elsewhere.status, JSON.parse(elsewhere.text).error.code]).toEqual([403, 'forbidden'])
})

test('[C4] the response to a plain socket has no subprotocol', async () => {
  expect(await requestUpgrade('/ws/circles/plain?name=ada')).toMatchObject({ status: 101, protocol: null })
})

test('[L3] a message that is posted again is stored once', async () => {
  const once = { 'idempotency-key': 'k-1' }
  const first = await post('/api/circles/posted/messages', { content: 'hi' }, once)
  expect(first).toEqual({ status: 201, json: { seq: 1, id: 'k-1' } })
  expect(await post('/api/circles/posted/messages', { content: 'hi' }, once)).toEqual({ ...first, status: 200 })
  const other = await post('/api/circles/posted/messages', { content: 'something else' }, once)
  expect([other.status, other.json.error.code]).toEqual([409, 'conflict'])
})

test('[W] the events contain a posted message', async () => {
  await post('/api/circles/read/messages?name=ada', { content: 'hi' }, { 'idempotency-key': 'k-1' })
  const response = await app.fetch(new Request(`${server}/api/circles/read/events?limit=10`), env)
  expect(await response.json()).toEqual({
    events: [
      {
        type: 'message',
        data: { content: 'hi', user_id: 'guest:ada', user_name: 'ada', client_id: 'k-1', hop: 0 },
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        channel: 'circle:read',
        seq: 1,
        id: 'k-1',
      },
    ],
    more: false,
    head: 1,
    epoch: expect.any(String),
  })
})

test('[W] the events of a circle that does not exist are not found', async () => {
  const response = await app.fetch(new Request(`${server}/api/circles/never/events`), env)
  expect(response.status).toBe(404)
  await response.text()
})

test('[A1] two guests share a circle, each under their own name', async () => {
  for (const name of ['ada', 'bob']) await post(`/api/circles/two/messages?name=${name}`, { content: name })
  const response = await app.fetch(new Request(`${server}/api/circles/two/events`), env)
  const { events } = await response.json<{ events: { data: { user_id: string } }[] }>()
  expect(events.map(event => event.data.user_id)).toEqual(['guest:ada', 'guest:bob'])
})
