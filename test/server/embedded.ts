import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import type { protocol } from '../../examples/embedded/src/protocol.ts'
import { environment, node, tool } from '../../scripts/toolchain.mjs'
import { createHttpClient, type HttpError } from '../../src/http-client/index.ts'
import type { EmbeddedExample } from '../support/embedded-example.ts'
import { eventually } from '../support/eventually.ts'
import { type Server, startServer } from '../support/server.ts'

type Frame = { type: string; seq: number; id: string; data: Record<string, unknown> }
type Call = (user: string, path: string, body?: object, id?: string) => Promise<{ status: number; body: Frame['data'] }>

const swears = { content: 'darn' }
const refused = { code: 'forbidden', message: 'Mind your language.' }

async function d1(
  state: string,
  config: string,
  ...args: string[]
): Promise<{ results: { seq: number; type: string }[] }[]> {
  const wrangler = tool('wrangler', 'bin/wrangler.js')
  const options = ['d1', 'execute', 'embedded', '--local', '--json', '--persist-to', state, '--config', config]
  const { stdout } = await promisify(execFile)(node, [wrangler, ...options, ...args], { env: environment({}) })
  return JSON.parse(stdout.slice(stdout.indexOf('[')))
}

/** Sends requests as users of the example's own. */
function callerOf({ url }: Server): Call {
  return async (user, path, body, id = 'once') => {
    const init = body && { method: 'POST', body: JSON.stringify(body) }
    const own = { ...cookieOf(user, url), 'content-type': 'application/json', 'idempotency-key': id }
    const response = await fetch(`${url}/rooms/api/${path}`, { headers: own, ...init })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
}

/** Votes through the typed client of the HTTP API. */
function voterOf({ url }: Server) {
  return async (user: string, option: number, idempotencyKey: string) => {
    const client = createHttpClient<typeof protocol>(`${url}/rooms`, {
      fetch: request => fetch(request, { headers: { ...Object.fromEntries(request.headers), ...cookieOf(user, url) } }),
    })
    return client
      .command('vote', { name: 'dev', body: { poll: 1, option }, idempotencyKey })
      .catch(({ status, code }: HttpError) => ({ status, code }))
  }
}

const cookieOf = (user: string, origin: string) => ({ cookie: `user=${user}`, origin })

/** A signal reaches a plain socket and an event stream that asked for signals. */
async function signalsArrive({ url, ws }: Server, call: Call): Promise<void> {
  const frames: Frame[] = []
  const socket = new WebSocket(ws('/rooms/ws/circles/dev?signals=1'), { headers: cookieOf('eve', url) })
  socket.on('message', text => void frames.push(JSON.parse(String(text))))
  await once(socket, 'open')
  const streaming = new AbortController()
  const stream = await fetch(`${url}/rooms/api/channels/circle/dev/stream?signals=1`, {
    headers: cookieOf('eve', url),
    signal: streaming.signal,
  })
  await call('ada', 'channels/circle/dev/commands/signal', { name: 'wave', value: 3 }, 's1')
  const data = { name: 'wave', value: 3, user_id: 'ada' }
  await eventually(() => expect(frames).toContainEqual(expect.objectContaining({ type: 'signal', data })))
  let text = ''
  for await (const chunk of stream.body ?? []) {
    text += new TextDecoder().decode(chunk)
    if (text.includes('event: signal\n')) break
  }
  expect(text).toContain(JSON.stringify(data))
  streaming.abort()
  socket.close()
}

/** Bob's votes that are on their way when the server is killed. */
const inFlight = Array.from({ length: 12 }, (_, n) => ({ type: 'vote', id: `f${n}`, data: { poll: 1, option: n % 2 } }))

/** How many votes each option has by the log: the last vote of each person counts. Ada's has the id v2; the others are Bob's. */
function talliedFrom(log: Frame[]): { option: number; votes: number }[] {
  const votes = log.flatMap(({ type, id, data }) =>
    type === 'poll_voted' ? [[id === 'v2', data.option] as const] : [],
  )
  const last = [...new Map(votes).values()]
  const tally = [0, 1].map(option => ({ option, votes: last.filter(other => other === option).length }))
  return tally.filter(({ votes }) => votes > 0)
}

async function logOf(call: Call): Promise<Frame[]> {
  return (await call('eve', 'circles/dev/events?limit=50')).body.events as Frame[]
}

/** A profanity is refused at each door but the socket's, and what is covered stays covered in an edit. */
async function refusesAtEveryDoor(call: Call): Promise<void> {
  expect(await call('ada', 'circles/dev/messages', swears, 'm2')).toMatchObject({
    status: 403,
    body: { error: refused },
  })
  const event = { id: 'b1', source: 'ci', type: 'message', channel: 'circle:dev', data: swears }
  const { body: published } = await call('ada', 'events', event)
  expect(published).toMatchObject({ results: [{ status: 'refused', error: refused }] })
  const { body: sent } = await call('ada', 'circles/dev/messages', { content: '@sailor, a secret' }, 'm3')
  const edit = (content: string, id: string) =>
    call('ada', 'channels/circle/dev/commands/edit', { seq: sent.seq, content }, id)
  expect(await edit('darn', 'e1')).toMatchObject({ status: 403, body: { error: refused } })
  expect(await edit('no secret', 'e2')).toMatchObject({ status: 200 })
  await eventually(async () => expect((await logOf(call)).map(({ type }) => type)).toContain('turn_failed'))
  const log = await logOf(call)
  expect(log.find(({ type }) => type === 'turn_failed')?.data).toMatchObject({ agent_id: 'sailor', ...refused })
  expect(log.map(({ type }) => type)).not.toContain('agent_message')
  expect(JSON.stringify(log)).not.toMatch(/darn|secret/)
}

/** Pickle and Scribe, which the Worker exports and binds, reply in a circle of its own. */
async function ourAgentsReply(call: Call): Promise<void> {
  await call('ada', 'circles/cats/messages', { content: '@pickle coin' }, 'a1')
  await call('ada', 'circles/cats/messages', { content: '@scribe remind me in 20 minutes to stretch' }, 'a2')
  await eventually(async () => {
    const { body } = await call('ada', 'circles/cats/events?limit=50')
    const replies = (body.events as Frame[]).filter(({ type }) => type === 'agent_message')
    const texts = replies.map(({ data }) => [data.agent_id, data.content]).toSorted()
    expect(texts).toEqual([
      ['pickle', expect.stringMatching(/^(Heads|Tails)\.$/)],
      ['scribe', expect.stringMatching(/^I will remind you in 20 min .*: stretch$/)],
    ])
  })
}

/** The library's client, as on a page of a user of the example's own: commands, refusals and events of the protocol. */
async function clientVotes({ url }: Server, client: string): Promise<void> {
  const args = [join(import.meta.dirname, 'embedded-client.mjs'), client, `${url}/rooms`, cookieOf('ada', url).cookie]
  const { stdout } = await promisify(execFile)(node, args, { env: environment({}) })
  expect(JSON.parse(stdout)).toEqual({
    created: 1,
    voted: 2,
    refused: { code: 'invalid', message: 'There is no such option.' },
    received: 'Cake',
  })
}

type People = { call: Call; vote: ReturnType<typeof voterOf>; socket: WebSocket; frames: Frame[] }

/** The server is killed while votes are on their way and a poll is open: what was acknowledged is there, and tally and log agree. */
async function survivesKill(server: Server, { call, vote, socket, frames }: People): Promise<void> {
  const second = { question: 'Milk', options: ['yes', 'no'], seconds: 5 } // is still open when the server is killed
  expect(await call('ada', 'channels/circle/dev/commands/create_poll', second, 'p2')).toMatchObject({ status: 200 })
  const acked = () => frames.flatMap(({ type, data }) => (type === 'ack' ? [data] : []))
  for (const command of inFlight) socket.send(JSON.stringify(command))
  await eventually(() => expect(acked().map(({ id }) => id)).toContain('f0'))
  await server.kill9()
  await server.start()
  expect((await call('eve', 'circles/dev/x/tally')).body).toEqual(talliedFrom(await logOf(call)))
  expect(await logOf(call)).toEqual(
    expect.arrayContaining(acked().map(({ id, seq }) => expect.objectContaining({ type: 'poll_voted', id, seq }))),
  )
  for (const { id, data } of inFlight) expect(await vote('bob', data.option, id)).toMatchObject({ id })
  expect(await vote('ada', 0, 'v2')).toEqual({ id: 'v2', seq: 3, duplicate: true })
  expect(await vote('bob', 0, 'v4')).toMatchObject({ id: 'v4' })
  expect(await call('ada', 'channels/circle/dev/commands/create_poll', second, 'p2')).toMatchObject({
    body: { duplicate: true },
  })
  expect((await call('eve', 'circles/dev/x/tally')).body).toEqual([{ option: 0, votes: 2 }])
}

/** People vote over sockets and HTTP, nobody swears, and a kill -9 loses no vote, no event and no schedule. */
export async function checkEmbedded({ config, schema, client }: EmbeddedExample): Promise<void> {
  await using server = await startServer({}, { configs: [config] })
  await d1(server.state, config, '--file', schema)
  const { url } = server
  const call = callerOf(server)
  const vote = voterOf(server)

  const poll = { question: 'Tea', options: ['yes', 'no'], seconds: 15 }
  expect(await call('ada', 'channels/circle/dev/commands/create_poll', poll, 'p1')).toMatchObject({ body: { seq: 1 } })
  const socket = new WebSocket(server.ws('/rooms/ws/circles/dev'), 'circles.v1', {
    headers: cookieOf('bob', url),
  })
  const frames: Frame[] = []
  socket.on('message', text => void frames.push(...[JSON.parse(String(text))].flat()))
  socket.on('error', () => {}) // the server is killed
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'vote', id: 'v1', data: { poll: 1, option: 1 } }))
  socket.send(JSON.stringify({ type: 'message', id: 'm1', data: swears }))
  await eventually(() => expect(frames.map(({ type }) => type)).toContain('error'))
  expect(frames).toContainEqual(expect.objectContaining({ type: 'poll_voted' }))
  expect(frames.at(-1)).toMatchObject({ data: { id: 'm1', ...refused } })
  expect(await vote('ada', 0, 'v2')).toEqual({ id: 'v2', seq: 3 })
  expect(await vote('eve', 0, 'v3')).toEqual({ status: 403, code: 'read_only' }) // does not pay
  const program = await fetch(`${url}/deployed`, { method: 'POST' })
  expect(await program.json()).toMatchObject({ id: 'deploy-42', seq: 4 })
  await refusesAtEveryDoor(call)
  await signalsArrive(server, call)
  await ourAgentsReply(call)
  await clientVotes(server, client)
  const mine = await fetch(`${url}/rooms/openapi.json`, { headers: { origin: 'https://page.example' } })
  const names = ['x-frame-options', 'access-control-allow-origin']
  expect(names.map(name => mine.headers.get(name))).toEqual(['SAMEORIGIN', 'https://page.example'])

  await survivesKill(server, { call, vote, socket, frames })
  const isClosing = ({ type }: { type: string }) => type === 'poll_closed'
  await eventually(async () => expect((await logOf(call)).filter(isClosing)).toHaveLength(2))
  const log = await logOf(call)
  expect(log.filter(({ type }) => type === 'poll_voted').map(({ id }) => id)).toEqual(
    ['v1', 'v2', ...inFlight.map(({ id }) => id), 'v4'], // each once
  )
  expect((await call('eve', 'circles/dev/x/tally')).body).toEqual(talliedFrom(log))
  const events = log.map(({ seq, type }) => ({ seq, type }))
  expect(events.filter(isClosing)).toHaveLength(2) // each poll closed once
  const seen = async () =>
    (await d1(server.state, config, '--command', "SELECT seq, type FROM seen WHERE circle = 'dev' ORDER BY rowid"))[0]
      ?.results
  await eventually(async () => expect((await seen())?.at(-1)).toEqual(events.at(-1)))
  // At least once and in order: what was seen again after the crash begins at an event that was seen before.
  const firsts = new Map((await seen())?.map(({ seq, type }) => [seq, type]))
  expect([...firsts].map(([seq, type]) => ({ seq, type }))).toEqual(events)
}
