import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { afterEach, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { prometheusText } from '../../src/deployment/stats/prometheus.ts'
import { apiDocs } from '../../src/http/routes/api-docs.ts'
import { apiDocsPaths } from '../../src/http/site.ts'
import { defineProtocol } from '../../src/protocol/define-protocol.ts'
import { isReserved } from '../../src/protocol/text.ts'
import type { CallerContext } from '../../src/rpc/channel.ts'
import { circles } from '../../src/server/circles.ts'
import { CircleRefusal } from '../../src/server/handle.ts'
import { ack, fakeChannels } from '../support/fake-channels.ts'
import { TestRoom } from '../support/test-room.ts'

const protocol = defineProtocol({
  events: { poll_voted: { data: z.strictObject({ poll: z.int() }), description: 'Somebody voted.' } },
  commands: { vote: { role: 'member', data: z.strictObject({ poll: z.int() }) } },
})
const rooms = circles({
  protocol,
  basePath: '/rooms',
  apiDocs,
  authenticate: request => {
    const id = /user=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1]
    return id === undefined ? null : { id, name: id, channels: { 'circle:*': 'member' } }
  },
})
const directory = { REGISTER: { getByName: () => ({}) } }
const here = 'https://app.test'

function deployment() {
  const { env, seen, answers } = fakeChannels({})
  const all = { ...env, ...directory }
  const ask = (path: string, init: RequestInit = {}) => rooms.fetch(new Request(`${here}${path}`, init), all)
  return { env: all, seen, answers, ask }
}
const post = (headers: Record<string, string>) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: '{"poll":1}',
})
const vote = '/rooms/api/channels/circle/dev/commands/vote'

afterEach(() => void vi.restoreAllMocks())

test('a user of the Worker’s own sends a command of the protocol, below the base path', async () => {
  const { seen, ask } = deployment()
  const response = await ask(vote, post({ cookie: 'user=ada', origin: here }))
  expect([response.status, await response.json()]).toEqual([200, { id: 'x', seq: 1 }])
  const [{ object, caller, command } = {}] = seen
  expect([object, command?.type, command?.data]).toEqual(['circle:dev', 'vote', { poll: 1 }])
  expect(caller?.principal).toMatchObject({ id: 'ada', role: 'member' })
  const { expires, issued = 0 } = caller?.principal ?? { expires: 0 }
  expect((expires ?? 0) - issued).toBe(3_600_000) // asked again after an hour
})

test.each([
  ['no Origin', {}, 403],
  ['another Origin', { origin: 'https://evil.test' }, 403],
  ['its own', { origin: here }, 200],
])('by a cookie, a request that changes something needs an Origin that is allowed: %s', async (_, headers, status) => {
  const { ask } = deployment()
  expect((await ask(vote, post({ cookie: 'user=ada', ...headers }))).status).toBe(status)
})

test('an upgrade by a cookie needs an Origin, too; reading does not', async () => {
  const { ask } = deployment()
  const upgrade = { headers: { upgrade: 'websocket', cookie: 'user=ada' } }
  expect((await ask('/rooms/ws/circles/dev', upgrade)).status).toBe(403)
  expect((await ask('/rooms/ws/circles/dev', { headers: { ...upgrade.headers, origin: here } })).status).toBe(200)
  expect((await ask('/rooms/ws/circles/dev', { headers: { upgrade: 'websocket' } })).status).toBe(200) // will send a token
  expect((await ask('/rooms/api/agents', { headers: { cookie: 'user=ada' } })).status).toBe(200)
  expect((await ask('/rooms/api/agents')).status).toBe(401)
})

test('the documents describe the protocol, and carry the base path', async () => {
  const { ask } = deployment()
  const openApi = await (await ask('/rooms/openapi.json')).json<{
    servers: object
    paths: object
    components: { schemas: Record<string, object> }
  }>()
  expect(openApi.servers).toEqual([{ url: '/rooms' }])
  expect(Object.keys(openApi.paths)).toContain('/api/channels/{kind}/{name}/commands/vote')
  expect(openApi.components.schemas.event_poll_voted).toMatchObject({ description: 'Somebody voted.' })
  const asyncApi = await (await ask('/rooms/asyncapi.json')).text()
  expect(asyncApi).toContain('"pathname":"/rooms"')
  expect(asyncApi).toContain('event_poll_voted')
  expect(asyncApi).toContain('Somebody voted.')
  expect(await (await ask('/rooms/docs')).text()).toContain('href="/rooms/docs/style.css"')
  expect((await ask('/roomsy/docs')).status).toBe(404)
  expect((await ask('/roomsapi/agents')).status).toBe(404)
})

test('what is not passed in answers 501, and says what to pass', async () => {
  const { env } = deployment()
  const answer = async (worker: { fetch: typeof rooms.fetch }, path: string) => {
    const headers = { authorization: 'Bearer a-secret-of-Prometheus' }
    const settings = { ...env, AUTH: 'open', ALLOWED_ORIGINS: here, METRICS_TOKEN: 'a-secret-of-Prometheus' }
    const response = await worker.fetch(new Request(`${here}${path}`, { headers }), settings)
    return [response.status, await response.text()]
  }
  const small = circles({ protocol })
  const code = (message: string) => JSON.stringify({ error: { code: 'not_implemented', message } })
  const noDocs = 'This Worker does not describe its API: pass `apiDocs` of circles-rooms/server to circles().'
  const noMetrics = 'This Worker has no /metrics: pass `prometheus` of circles-rooms/server to circles().'
  for (const path of apiDocsPaths) expect(await answer(small, path)).toEqual([501, code(noDocs)])
  expect(await answer(small, '/metrics')).toEqual([501, code(noMetrics)])
  const withFormat = circles({ protocol, prometheus: prometheusText })
  expect(await answer(withFormat, '/metrics')).toEqual([501, code('This deployment has no statistics: bind STATS.')])
})

test('a missing binding is named, with the lines that add it', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const { env } = deployment()
  const message = async (env: object) => {
    const response = await rooms.fetch(new Request(`${here}/rooms/docs`), env)
    return (await response.json<{ error: { message: string } }>()).error.message
  }
  expect(await message({})).toContain('[[durable_objects.bindings]]\nname = "CIRCLES"')
  expect(await message({ CIRCLES: env.CIRCLES })).toContain(
    "export { CircleDirectory, TokenRegistry } from 'circles-rooms/server'",
  )
  expect(() => rooms.circle({}, 'dev')).toThrow('needs the binding CIRCLES')
})

test('circles of two bindings are apart, in their channels, their tickets and what is missing', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const [{ env, seen: seenA }, { env: other, seen: seenB }] = [fakeChannels({}), fakeChannels({})]
  const all = { A: env.CIRCLES, B: other.CIRCLES, PASSES: env.PASSES, ...directory, AUTH_SECRET: 'x'.repeat(32) }
  const exports = { CircleDirectory: directory.REGISTER }
  const serve = (circle: string, basePath: string) => {
    const authenticate = ({ url }: Request) =>
      url.includes('ticket=')
        ? null
        : { id: circle.toLowerCase(), name: circle, channels: { 'circle:*': 'owner' as const } }
    const { fetch } = circles({ protocol, circle, basePath, authenticate })
    const context = { exports } as unknown as ExecutionContext
    return (path: string, init: RequestInit) => fetch(new Request(`${here}${basePath}${path}`, init), all, context)
  }
  const [a, b, missing] = [serve('A', '/a'), serve('B', '/b'), serve('MISSING', '/m')]
  for (const ask of [a, b]) expect((await ask(vote.replace('/rooms', ''), post({}))).status).toBe(200)
  expect([seenA, seenB].map(seen => seen.map(({ caller }) => caller.principal?.id))).toEqual([['a'], ['b']])
  const answer = await missing(vote.replace('/rooms', ''), post({}))
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('needs the binding MISSING')])

  const body = JSON.stringify({ channel: 'circle:dev' })
  const made = await a('/api/tickets', { ...post({}), body })
  const { ticket } = await made.json<{ ticket: string }>()
  const upgrade = { headers: { upgrade: 'websocket' } }
  const entered = await Promise.all([a, b].map(ask => ask(`/ws/circles/dev?ticket=${ticket}`, upgrade)))
  expect(entered.map(({ status }) => status)).toEqual([200, 401])
})

test('where the Worker knows its users, tickets are good in every isolate if there is a secret, and else in one', async () => {
  const authenticate = ({ url }: Request) =>
    url.includes('ticket=') ? null : { id: 'ada', name: 'Ada', channels: { 'circle:*': 'owner' as const } }
  const { fetch } = circles({ protocol, authenticate })
  const entered = async (settings: object) => {
    const { env } = deployment()
    const isolate = () => ({ ...env, ...settings }) // each has an environment of its own
    const init = { ...post({}), body: JSON.stringify({ channel: 'circle:dev' }) }
    const made = isolate()
    const { ticket } = await (await fetch(new Request(`${here}/api/tickets`, init), made)).json<{ ticket: string }>()
    const upgrade = { headers: { upgrade: 'websocket' } }
    const enter = async (at: object) =>
      (await fetch(new Request(`${here}/ws/circles/dev?ticket=${ticket}`, upgrade), at)).status
    return [await enter(made), await enter(isolate())]
  }
  expect(await entered({})).toEqual([200, 401])
  expect(await entered({ TICKET_SECRET: 'x'.repeat(32) })).toEqual([200, 200])
  expect(await entered({ AUTH_SECRET: 'x'.repeat(32) })).toEqual([200, 200])
})

test('the Worker’s own code acts as a part of the system, or for a user', async () => {
  const { env, seen, answers } = deployment()
  const dev = rooms.circle(env, 'Dev')
  expect(await dev.send('Deployed 42', { as: { id: 'ci', name: 'Deploys' }, id: 'd42' })).toEqual({ id: 'x', seq: 1 })
  await dev.command('vote', { poll: 1 }, { as: { id: 'ada', name: 'Ada', channels: { 'circle:*': 'reader' } } })
  await dev.signal('tick', 1)
  expect(
    seen.map(({ object, caller, command }) => [object, caller.principal?.id, caller.principal?.role, command?.type]),
  ).toEqual([
    ['circle:dev', 'system:ci', 'owner', 'message'],
    ['circle:dev', 'ada', 'reader', 'vote'],
    ['circle:dev', 'system:system', 'owner', 'signal'],
  ])
  const elsewhere = { id: 'eve', name: 'Eve', channels: { 'circle:other': 'owner' } } as const
  await expect(dev.send('hello', { as: elsewhere })).rejects.toMatchObject({ code: 'forbidden' })
  expect(seen).toHaveLength(3)
  answers.ask = () => ({ ...ack(1), answer: { type: 'error', data: { code: 'x_closed', message: 'Closed.' }, at: 0 } })
  await expect(dev.command('vote', { poll: 1 })).rejects.toThrow(
    new CircleRefusal({ code: 'x_closed', message: 'Closed.' }),
  )
  expect(() => rooms.circle(env, 'no name')).toThrow('is not a name of a circle')
})

test('a handle reads and changes its circle as the system', async () => {
  const calls: unknown[] = []
  const event = { type: 'poll_voted', seq: 3, at: 0, id: 'e', data: { poll: 1 } }
  const member = { id: 'ada', name: 'Ada', role: 'member' }
  const results: Record<string, unknown[]> = {
    append: [{ event }, { refused: { code: 'invalid', message: 'No.' } }],
    ask: [{ answer: { type: 'history', data: { id: null, events: [event], more: true }, at: 0 }, head: 9 }],
    manage: [{ members: [member] }, { done: true }, null],
    serve: [{ value: {} }, null, { value: null }, null],
  }
  const method = (name: string) => async (caller: CallerContext, request: object) => {
    calls.push([name, caller.principal?.id, request])
    return results[name]?.shift()
  }
  const object = Object.fromEntries(Object.keys(results).map(name => [name, method(name)]))
  const dev = rooms.circle({ CIRCLES: { getByName: () => object } }, 'dev')
  expect(await dev.append('poll_voted', { poll: 1 }, { id: 'once' })).toEqual(event)
  await expect(dev.append('poll_voted', { poll: 1 })).rejects.toMatchObject({ code: 'invalid' })
  expect(await dev.history({ after: 2, limit: 1 })).toEqual({ events: [event], more: true, head: 9 })
  expect(await dev.members()).toEqual([member])
  await dev.remove('eve')
  await expect(dev.members()).rejects.toMatchObject({ code: 'not_found' })
  expect([await dev.exists(), await dev.exists()]).toEqual([true, false])
  expect([await dev.delete(), await dev.delete()]).toEqual([true, false])
  const data = { poll: 1 }
  expect(calls).toEqual(
    [
      ['append', { type: 'poll_voted', data, id: 'once' }],
      ['append', { type: 'poll_voted', data, id: null }],
      ['ask', { type: 'history', id: expect.any(String), data: { after: 2, limit: 1 } }],
      ['manage', { do: 'list' }],
      ['manage', { do: 'remove', user: 'eve' }],
      ['manage', { do: 'list' }],
      ...['describe', 'describe', 'delete', 'delete'].map(what => ['serve', { do: what }]),
    ].map(([name, request]) => [name, 'system:system', request]),
  )
})

test('what the system sends is stored under its name, which no user can have', () => {
  const room = new TestRoom()
  const ada = room.open('ada')
  room.take(ada)
  room.runCommand('system:ci', 'message', { content: 'Deployed 42' }, 'owner')
  expect(room.take(ada)).toMatchObject([{ type: 'message', data: { user_id: 'system:ci' } }])
  expect(isReserved('system:ci')).toBe(true)
})

test('[A5] a socket of a user without `expires` is closed with 4401 after an hour, for its client to come back', async () => {
  const { seen, ask } = deployment()
  await ask(vote, post({ cookie: 'user=ada', origin: here }))
  const { expires = 0, issued = 0 } = seen[0]?.caller.principal ?? {}
  const room = new TestRoom()
  const ada = room.open('ada', { expires: room.now + ((expires ?? 0) - issued) })
  room.pings.set(ada.id, room.now + 3_600_000) // it is alive
  room.advance(3_600_000 - 1)
  expect(ada.closed).toBeNull()
  room.advance(1)
  expect(ada.closed).toBe(4401)
})

test('a circle is in the jurisdiction of its name, and made in a region if it is new', async () => {
  const calls: unknown[] = []
  const object = { ask: async () => ack(1) }
  const namespace = (jurisdiction: string | null) => ({
    getByName: (name: string, options: object) => {
      calls.push([jurisdiction, name, options])
      return object
    },
    jurisdiction: (name: string) => namespace(name),
  })
  const placed = circles({ protocol, jurisdiction: name => (name.startsWith('eu-') ? 'eu' : null) })
  const env = { CIRCLES: namespace(null) }
  await placed.circle(env, 'eu-team').send('hello')
  await placed.circle(env, 'team', { region: 'weur' }).send('hello')
  expect(calls).toEqual([
    ['eu', 'eu-team', {}],
    [null, 'team', { locationHint: 'weur' }],
  ])
})

test('it stands in an app of one’s own, with cors and secure headers around it', async () => {
  const { env } = deployment()
  const app = new Hono<{ Bindings: Record<string, unknown> }>()
  app.use(secureHeaders())
  app.use('/rooms/*', cors({ origin: 'https://page.test' }))
  app.get('/mine', context => context.text('mine'))
  app.all('/rooms/*', context => rooms.fetch(context.req.raw, context.env))
  expect(await (await app.request(`${here}/mine`, {}, env)).text()).toBe('mine')
  const response = await app.request(`${here}/rooms/openapi.json`, { headers: { origin: 'https://page.test' } }, env)
  expect(response.headers.get('access-control-allow-origin')).toBe('https://page.test')
})
