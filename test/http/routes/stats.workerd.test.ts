import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { zeroChannelCounts } from '../../../src/deployment/stats/counts.ts'
import type { Statistics } from '../../../src/deployment/stats/object.ts'
import type { Env } from '../../../src/env.ts'
import { zeroCounts } from '../../../src/protocol/cost/compute.ts'
import type { StatsFrame } from '../../../src/protocol/stats.ts'
import type { ChannelReport } from '../../../src/rpc/stats.ts'
import { app } from '../../support/app.ts'
import { eventually } from '../../support/eventually.ts'
import { parseMetrics } from '../../support/metrics.ts'
import { aToken } from '../../support/tokens.ts'

const underToken: Env = { ...env, AUTH: 'token' }
const object = () => {
  if (env.STATS === undefined) throw new Error('wrangler.toml binds STATS')
  return env.STATS.getByName('stats') as DurableObjectStub<Statistics>
}
const all = { channels: { '*': 'owner' } }

function report(name: string, messages: number): ChannelReport {
  const counts = { ...zeroChannelCounts(), messages }
  return {
    channel: `circle:${name}`,
    tally: 't1',
    counts,
    billed: zeroCounts(),
    sessions: 1,
    turns_running: 0,
    turns_waiting: 0,
  }
}

async function get(path: string, headers: Record<string, string>, settings: Env, host = 'circles.test') {
  const response = await app.fetch(new Request(`https://${host}${path}`, { headers }), settings)
  return { status: response.status, text: await response.text(), headers: response.headers }
}

async function bearer(claims: Record<string, unknown>): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await aToken(Date.now(), claims)}` }
}

/** Opens `/ws/stats` and collects the frames and close codes that it receives. */
async function subscribe(headers: Record<string, string>, settings: Env, path = '/ws/stats') {
  const upgrade = { upgrade: 'websocket', ...headers }
  const response = await app.fetch(new Request(`http://localhost${path}`, { headers: upgrade }), settings)
  if (response.webSocket === null) throw new Error(`${response.status} ${await response.text()}`)
  const received: StatsFrame[] = []
  const closes: number[] = []
  response.webSocket.addEventListener('message', ({ data }) => void received.push(JSON.parse(String(data))))
  response.webSocket.addEventListener('close', ({ code }) => void closes.push(code))
  response.webSocket.accept()
  return { socket: response.webSocket, received, closes, protocol: response.headers.get('sec-websocket-protocol') }
}

test('[W] [A5] the statistics are for owners of the deployment', async () => {
  const none = await get('/api/stats', {}, underToken)
  const some = await get('/api/stats', await bearer({ channels: { 'circle:*': 'owner' } }), underToken)
  const reader = await get('/api/stats', await bearer({ channels: { '*': 'moderator' } }), underToken)
  expect([none.status, some.status, reader.status]).toEqual([401, 403, 403])
  expect(reader.text).toContain('deployment:stats')
  for (const channels of [{ '*': 'owner' }, { 'deployment:stats': 'owner' }]) {
    const owner = await get('/api/stats', await bearer({ channels }), underToken)
    expect([owner.status, JSON.parse(owner.text)]).toMatchObject([200, { sessions: expect.any(Number), top: [] }])
  }
})

test('[W] [A1] under `open` anyone on this machine may read them, and no one else', async () => {
  expect((await get('/api/stats', {}, env, 'localhost')).status).toBe(200)
  expect((await get('/api/stats?name=ada', {}, env, '127.0.0.1:8000')).status).toBe(200)
  expect((await get('/api/stats?name=ada', {}, env)).status).toBe(403)
  expect((await get('/api/stats', {}, env)).status).toBe(401)
})

test('[W] /metrics requires its own token, and without one names the setting', async () => {
  const settings: Env = { ...underToken, METRICS_TOKEN: 'only Prometheus knows this' }
  const unset = await get('/metrics', {}, underToken)
  expect([unset.status, unset.text]).toEqual([401, expect.stringContaining('Set METRICS_TOKEN')])
  const short = await get('/metrics', { authorization: 'Bearer short' }, { ...underToken, METRICS_TOKEN: 'short' })
  const none = await get('/metrics', {}, settings)
  const wrong = await get('/metrics', { authorization: 'Bearer only-Prometheus' }, settings)
  expect([short.status, none.status, wrong.status]).toEqual([401, 401, 401])
  const token: Env = { ...underToken, METRICS_TOKEN: 'only-Prometheus-knows-this' }
  const scraped = await get('/metrics', { authorization: 'Bearer only-Prometheus-knows-this' }, token)
  expect([scraped.status, scraped.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  expect(parseMetrics(scraped.text).map(({ name }) => name)).toContain('circles_sessions')
  expect(scraped.headers.get('cache-control')).toBe('no-store')
})

test('[W] a subscriber gets the statistics at once and when they change, also after a hibernation', async () => {
  const { socket, received } = await subscribe({}, env, '/ws/stats?name=ada')
  await eventually(() => expect(received).toHaveLength(1))
  await object().report(report('seen', 1))
  await eventually(() => expect(received.at(-1)?.data.top).toMatchObject([{ channel: 'circle:seen' }]))
  await evictDurableObject(object())
  const begin = Date.now()
  for (let messages = 2; messages <= 50; messages++) await object().report(report('seen', messages))
  await eventually(() => expect(received.at(-1)?.data.counts.messages).toBe(50))
  expect(received.length).toBeLessThan(5 + (Date.now() - begin) / 1000) // once a second
  socket.send('{"type":"ping"}')
  await eventually(() => expect(received.at(-1)).toEqual({ type: 'pong', data: {} }))
  socket.close(1000)
})

test('[W] [A3] a ticket opens the socket once', async () => {
  const body = '{"channel":"deployment:stats"}'
  const headers = { ...(await bearer(all)), 'content-type': 'application/json' }
  const request = new Request('https://circles.test/api/tickets', { method: 'POST', headers, body })
  const { ticket } = await (await app.fetch(request, underToken)).json<{ ticket: string }>()
  const offer = { 'sec-websocket-protocol': `circles.v1, ticket.${ticket}` }
  const { received, protocol, socket } = await subscribe(offer, underToken)
  await eventually(() => expect(received).toHaveLength(1))
  expect(protocol).toBe('circles.v1')
  await expect(subscribe(offer, underToken)).rejects.toThrow('401')
  socket.close(1000)
})

test('[W] [A6] a subscriber is closed when its token expires, and when it is revoked', async () => {
  const exp = Math.floor(Date.now() / 1000) + 60
  const ending = await subscribe(await bearer({ ...all, exp }), underToken)
  vi.setSystemTime(exp * 1000)
  onTestFinished(() => void vi.useRealTimers())
  expect(await runDurableObjectAlarm(object())).toBe(true)
  await eventually(() => expect(ending.closes).toEqual([4401]))
  vi.useRealTimers()
  const revoked = await subscribe(await bearer({ ...all, sub: 'eve' }), underToken)
  const revocation = new Request('https://circles.test/api/users/eve/revoke', {
    method: 'POST',
    headers: await bearer(all),
  })
  expect((await app.fetch(revocation, underToken)).status).toBe(200)
  await eventually(() => expect(revoked.closes).toEqual([4401]))
})

test.each([
  ['GET without an upgrade', '/ws/stats', {}, 426],
  ['a foreign origin', '/ws/stats', { upgrade: 'websocket', origin: 'https://evil.example' }, 403],
  ['another subprotocol', '/ws/stats', { upgrade: 'websocket', 'sec-websocket-protocol': 'mqtt' }, 400],
  ['no token', '/ws/stats', { upgrade: 'websocket' }, 401],
])('[W] %s is refused', async (_, path, headers, status) => {
  expect((await get(path, headers, underToken)).status).toBe(status)
})
