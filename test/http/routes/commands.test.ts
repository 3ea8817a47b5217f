import { expect, test } from 'vitest'
import { createRoutes } from '../../../src/http/routes.ts'
import { builtinTables } from '../../../src/protocol/tables.ts'
import { app } from '../../support/app.ts'
import { ack, fakeChannels } from '../../support/fake-channels.ts'
import { builtinSite } from '../../support/site.ts'

async function send(path: string, body: unknown, headers: Record<string, string> = {}, channels = fakeChannels()) {
  const response = await app.fetch(
    new Request(`https://circles.test${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
    channels.env,
  )
  return { status: response.status, json: await response.json(), seen: channels.seen }
}

const bodies: Record<string, object> = {
  message: { content: 'hello', reply_to: 1 },
  read: { seq: 1 },
  presence: { state: { mood: 'curious' } },
  configure: { title: 'Acme' },
  edit: { seq: 1, content: 'hello' },
  delete: { seq: 1 },
  react: { seq: 1, emoji: '👍' },
  signal: { name: 'cursor', value: [1, 2] },
  stop: { turn: 't1' },
  approve: { approval: 'a1', note: 'yes' },
  reject: { approval: 'a1' },
}

const operations = Object.values(createRoutes(builtinTables, builtinSite).operations).flat()
const routes = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`))

test.each([...builtinTables.commands])(
  '[E2] what %s does on a socket a request can do, or it is written why not',
  (type, { http }) => {
    if (http === undefined) throw new Error(`${type} has neither a path nor a reason`)
    if ('never' in http) expect(http.never).toMatch(/^[A-Z].{20,}\.$/)
    else expect(routes).toContain('instead' in http ? http.instead : `POST /api/channels/:kind/:name/commands/${type}`)
  },
)

test('[E2] the commands that a request can send are those with a meaning outside a socket', () => {
  const own = [...builtinTables.commands].filter(([, { http }]) => http !== undefined && 'id' in http)
  expect(own.map(([type]) => type).toSorted()).toEqual(Object.keys(bodies).toSorted())
  const never = [...builtinTables.commands].filter(([, { http }]) => http !== undefined && 'never' in http)
  expect(never.map(([type]) => type)).toEqual(['recv', 'typing', 'auth', 'ping'])
})

test.each(Object.entries(bodies))('[E2] %s over HTTP is the command, once for each key', async (type, data) => {
  const { status, json, seen } = await send(`/api/channels/workspace/Acme/commands/${type}?name=ada`, data, {
    'idempotency-key': 'k-1',
  })
  expect([status, json]).toEqual([200, { id: 'x', seq: 1 }])
  expect(seen).toMatchObject([
    { object: 'workspace:acme', caller: { principal: { id: 'guest:ada' } }, command: { type, id: 'k-1', data } },
  ])
})

test('[E2] a command over HTTP has the refusals of the socket', async () => {
  const channels = fakeChannels()
  channels.answers.ask = () => ({
    ...ack(1),
    answer: { type: 'error', data: { code: 'not_found', message: 'There is no such message.' }, at: 0 },
  })
  expect(await send('/api/channels/circle/a/commands/edit', bodies.edit, {}, channels)).toMatchObject({
    status: 404,
    json: { error: { code: 'not_found', message: 'There is no such message.' } },
  })
  expect(await send('/api/channels/nothing/a/commands/edit', bodies.edit)).toMatchObject({ status: 400, seen: [] })
  expect(await send('/api/channels/circle/a/commands/edit', { seq: 1 })).toMatchObject({ status: 400, seen: [] })
  expect(await send('/api/channels/circle/a/commands/ping', {})).toMatchObject({ status: 404, seen: [] })
  const badKey = await send('/api/channels/circle/a/commands/stop', bodies.stop, { 'idempotency-key': 'a,b' })
  expect(badKey).toMatchObject({ status: 400, seen: [] })
})
