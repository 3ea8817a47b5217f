import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { callerHeader, writeCaller } from '../../../src/rooms/sessions/caller-context.ts'
import type { CallerContext } from '../../../src/rpc/channel.ts'
import type { CircleObject } from '../../../src/worker.ts'
import { app } from '../../support/app.ts'
import { eventually } from '../../support/eventually.ts'
import { aToken } from '../../support/tokens.ts'

const underToken: Env = { ...env, AUTH: 'token' }
const minute = 60_000

async function request(path: string, token: string, more: { method?: string; headers?: Record<string, string> } = {}) {
  const { headers, method = 'GET' } = more
  const allHeaders = { authorization: `Bearer ${token}`, ...headers }
  return app.fetch(new Request(`https://circles.test${path}`, { method, headers: allHeaders }), underToken)
}

async function open(path: string, token: string) {
  const { webSocket } = await request(path, token, { headers: { upgrade: 'websocket' } })
  if (webSocket === null) throw new Error('the upgrade was refused')
  const closes: number[] = []
  webSocket.addEventListener('close', ({ code }) => {
    closes.push(code)
  })
  webSocket.accept()
  return closes
}

const issued = (ms: number) => Math.floor((Date.now() + ms) / 1000)

test('[A6] a revocation closes all sockets of that user and no others, and the token is refused everywhere', async () => {
  const old = await aToken(Date.now(), { sub: 'ada', iat: issued(-minute), channels: { '*': 'member' } })
  const other = await aToken(Date.now(), { sub: 'bob', iat: issued(-minute), channels: { '*': 'member' } })
  const ada = [
    await open('/ws/circles/one', old),
    await open('/ws/circles/two', old),
    await open('/ws/agents/pickle', old),
  ]
  const bob = await open('/ws/circles/one', other)

  const root = await aToken(Date.now(), { sub: 'root', channels: { '*': 'owner' } })
  const revoked = await request('/api/users/ada/revoke', root, { method: 'POST' })
  expect(await revoked.json()).toEqual({ user: 'ada', revoked_at: expect.any(String), channels: 3 })
  await eventually(() => expect(ada).toEqual([[4401], [4401], [4401]]))
  expect(bob).toEqual([])

  const again = await request('/ws/circles/one', old, { headers: { upgrade: 'websocket' } })
  expect([again.status, await again.json()]).toMatchObject([401, { error: { code: 'token_revoked' } }])
  const read = await request('/api/circles/one/events', old)
  expect([read.status, await read.json()]).toMatchObject([401, { error: { code: 'token_revoked' } }])
  const event = { id: 'e1', type: 'message', channel: 'circle:one', data: { content: 'still here' } }
  const publish = new Request('https://circles.test/api/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${old}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
  expect(await (await app.fetch(publish, underToken)).json()).toMatchObject({ error: { code: 'token_revoked' } })
  vi.setSystemTime(Date.now() + 10_000)
  const fresh = await aToken(Date.now(), { sub: 'ada', iat: issued(0), channels: { '*': 'member' } })
  expect((await request('/api/circles/one/events', fresh)).status).toBe(200)
  vi.useRealTimers()
})

test('[A6] only the user and an owner of the deployment can revoke tokens', async () => {
  const token = (sub: string, channels: object) => aToken(Date.now(), { sub, iat: issued(-minute), channels })
  const by = async (from: string, channels: object) => {
    const response = await request('/api/users/cai/revoke', await token(from, channels), { method: 'POST' })
    await response.text()
    return response.status
  }
  expect(await by('eve', { 'circle:*': 'owner' })).toBe(403)
  expect(await by('eve', { '*': 'moderator' })).toBe(403)
  expect(await by('cai', { 'circle:*': 'reader' })).toBe(200)
  const guest = await app.fetch(
    new Request('https://circles.test/api/users/cai/revoke', { method: 'POST' }),
    underToken,
  )
  expect(guest.status).toBe(401)
  await guest.text()
})

test('[A6] a revocation during a connection storm reaches those who are still waiting', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `late${index}`)
  const caller = (id: string): CallerContext => {
    const times = { issued: issued(-minute) * 1_000, expires: Date.now() + minute }
    const principal = { id, name: id, kind: 'person' as const, role: 'member' as const, ...times }
    const nothing = { agent: null, ticket: null, since: null, epoch: null }
    return { channel: 'crowded', principal, dialect: 'native', ...nothing }
  }
  const requests = names.map(name => {
    const headers = { upgrade: 'websocket', [callerHeader]: writeCaller(caller(name)) }
    return new Request('https://channel/', { headers })
  })
  const statuses = await runInDurableObject(env.CIRCLES.getByName('crowded'), async (object: CircleObject) => {
    const connectAll = (some: Request[]) => Promise.all(some.map(request => object.fetch(request)))
    const first = await connectAll(requests) // from now on their tokens are cached
    for (const { webSocket } of first) webSocket?.accept()
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now()) // however slow the machine, all come at once
    const again = connectAll(requests)
    for (let step = 0; step < 10; step++) await Promise.resolve() // eight are connected, four wait for the event loop
    object.revoke('late11', Date.now())
    clock.mockRestore()
    return (await again).map(({ status }) => status)
  })
  expect(statuses).toEqual([...Array<number>(11).fill(101), 401])
})
