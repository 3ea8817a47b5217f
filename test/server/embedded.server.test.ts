import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { environment, node, root, tool } from '../../scripts/toolchain.mjs'
import { eventually } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'

// examples/embedded, as it would run in anybody's account: its own cookies, a D1 table, a rule, polls, and Hono's cors()
// and secureHeaders() around it, through which sockets open and responses pass.

const config = 'examples/embedded/wrangler.toml'

async function d1(state: string, ...args: string[]): Promise<{ results: { seq: number; type: string }[] }[]> {
  const wrangler = tool('wrangler', 'bin/wrangler.js')
  const options = ['d1', 'execute', 'embedded', '--local', '--json', '--persist-to', state, '--config', config]
  const { stdout } = await promisify(execFile)(node, [wrangler, ...options, ...args], {
    cwd: root,
    env: environment({}),
  })
  return JSON.parse(stdout.slice(stdout.indexOf('[')))
}

test('people vote over sockets and HTTP; a kill -9 loses no vote, no event and no schedule', async () => {
  await using server = await startServer({}, { configs: [config] })
  await d1(server.state, '--file', resolve(root, 'examples/embedded/schema.sql'))
  const { url } = server
  const as = (user: string) => ({ cookie: `user=${user}`, origin: url, 'content-type': 'application/json' })
  const call = async (user: string, path: string, body?: object, id = 'once') => {
    const init = body && { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(`${url}/rooms/api/${path}`, {
      headers: { ...as(user), 'idempotency-key': id },
      ...init,
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const vote = (user: string, option: number, id: string) =>
    call(user, 'channels/circle/dev/commands/vote', { poll: 1, option }, id)

  const poll = { question: 'Tea', options: ['yes', 'no'], seconds: 15 }
  expect(await call('ada', 'channels/circle/dev/commands/create_poll', poll, 'p1')).toMatchObject({ body: { seq: 1 } })
  const socket = new WebSocket(server.ws('/rooms/ws/circles/dev'), 'circles.v1', { headers: as('bob') })
  const frames: { type: string; data: Record<string, unknown> }[] = []
  socket.on('message', text => void frames.push(...[JSON.parse(String(text))].flat()))
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'vote', id: 'v1', data: { poll: 1, option: 1 } }))
  socket.send(JSON.stringify({ type: 'message', id: 'm1', data: { content: 'darn' } }))
  await eventually(() => expect(frames.map(({ type }) => type)).toContain('error'))
  expect(frames).toContainEqual(expect.objectContaining({ type: 'poll_voted' }))
  expect(frames.at(-1)).toMatchObject({ data: { id: 'm1', code: 'forbidden', message: 'Mind your language.' } })
  expect(await vote('ada', 0, 'v2')).toMatchObject({ status: 200 })
  expect(await vote('eve', 0, 'v3')).toMatchObject({ status: 403 }) // does not pay
  expect(await call('ada', 'circles/dev/messages', { content: 'darn' }, 'm2')).toMatchObject({ status: 403 })
  const program = await fetch(`${url}/deployed`, { method: 'POST' })
  expect(await program.json()).toMatchObject({ id: 'deploy-42', seq: 4 })
  const mine = await fetch(`${url}/rooms/openapi.json`, { headers: { origin: 'https://page.example' } })
  const names = ['x-frame-options', 'access-control-allow-origin']
  expect(names.map(name => mine.headers.get(name))).toEqual(['SAMEORIGIN', 'https://page.example'])

  await server.kill9()
  await server.start()
  expect(await vote('ada', 0, 'v2')).toMatchObject({ body: { seq: 3, duplicate: true } })
  expect(await vote('bob', 0, 'v4')).toMatchObject({ body: { seq: 5 } })
  expect((await call('eve', 'circles/dev/x/tally')).body).toEqual([{ option: 0, votes: 2 }])
  const log = async () =>
    (await call('eve', 'circles/dev/events?limit=50')).body.events as { type: string; seq: number }[]
  await eventually(async () => expect((await log()).map(({ type }) => type)).toContain('poll_closed'))
  const events = (await log()).map(({ seq, type }) => ({ seq, type }))
  expect(events.filter(({ type }) => type === 'poll_closed')).toHaveLength(1)
  const seen = async () =>
    (await d1(server.state, '--command', 'SELECT seq, type FROM seen ORDER BY rowid'))[0]?.results
  await eventually(async () => expect((await seen())?.at(-1)).toEqual(events.at(-1)))
  // At least once and in order: what was seen again after the crash begins at an event that was seen before.
  const firsts = new Map((await seen())?.map(({ seq, type }) => [seq, type]))
  expect([...firsts].map(([seq, type]) => ({ seq, type }))).toEqual(events)
})
