import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Operation } from '../../src/http/openapi/operation.ts'
import { createRoutes } from '../../src/http/routes.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { connected, make, origin, request } from '../support/connected-agent.ts'
import { member } from '../support/member.ts'
import { builtinSite } from '../support/site.ts'

// What an agent may do with its key: be called where it is a member, answer, and ask the circle of a turn while that runs.

const operations: Operation[] = Object.values(createRoutes(builtinTables, builtinSite).operations).flat()
const authenticated = operations.filter(({ isPublic, hasOwnToken }) => !isPublic && !hasOwnToken)

test('[T13] the key is refused by every operation of the API', async () => {
  const authorization = `Bearer ${await make('adder')}`
  const statuses = new Map<string, number>()
  for (const { method, path, id } of authenticated) {
    const response = await request(method.toUpperCase(), path.replaceAll(/:\w+/g, 'adder'), undefined, {
      authorization,
    })
    statuses.set(id, response.status)
  }
  expect(authenticated.length).toBeGreaterThan(30)
  expect([...statuses].filter(([, status]) => status !== 401)).toEqual([])
})

test.each([
  ['/ws/circles/den', 'circles.v1'],
  ['/ws/workspaces/den', 'circles.v1'],
  ['/ws/agents/pickle', 'circles.v1'],
  ['/ws/chat/den', null],
  ['/ws', null],
  ['/ws/stats', 'circles.v1'],
  ['/ws/agents/other/connect', 'circles.agent.v1'],
])('[T13] the key opens no socket at %s', async (path, protocol) => {
  const key = await make(`viper${path.replaceAll(/[^a-z]/g, '')}`)
  const offered = protocol === null ? {} : { 'sec-websocket-protocol': protocol }
  const headers = { upgrade: 'websocket', authorization: `Bearer ${key}`, ...offered }
  const response = await exports.default.fetch(`${origin}${path}`, { headers })
  response.webSocket?.accept()
  expect(response.status).toBe(401)
})

const call = 'c1'
test.each(
  [
    { type: 'message', id: 'm', data: { content: 'I am ada' } },
    { type: 'publish', data: { events: [] } },
    { type: 'configure', id: 'c', data: { title: 'Mine' } },
    { type: 'approve', id: 'a', data: { approval: 'a1' } },
    { type: 'auth', data: { token: 'x' } },
    { type: 'history', id: 'h', data: { after: 0, limit: 1 } },
    { type: 'turn', data: { call, request: {} } },
    { type: 'welcome', data: {} },
    { type: 'request', data: { call, id: '1', method: 'configure', args: [{ title: 'Mine' }] } },
    { type: 'request', data: { call, id: '1', method: 'toString' } },
    { type: 'request', data: { call, id: '1', method: 'search', args: [1, 2, 3, 4] } },
  ].map((frame, index) => [frame, index] as const),
)('[T13] its socket takes no %j', async (frame, index) => {
  const agent = await connected(`asp-${index}`, await make(`asp-${index}`, { circle: 'den' }))
  await agent.next('welcome')
  agent.socket.send(JSON.stringify(frame))
  expect(await agent.next('error')).toMatchObject({ code: 'bad_frame' })
  expect(agent.frames).toEqual([])
})

test('[T13] an agent cannot answer for another, nor go on when its turn is over, nor leave its circle', async () => {
  await request('POST', '/api/circles', { name: 'nest' })
  const [cobra, mamba] = [
    await connected('cobra', await make('cobra', { circle: 'nest' })),
    await connected('mamba', await make('mamba', { circle: 'nest' })),
  ]
  const ada = await member('/ws/circles/nest')
  ada.command('message', { content: '@cobra hello' })
  const { call } = await cobra.next('turn')
  mamba.part(call, { type: 'final', content: 'I am cobra' })
  mamba.socket.send(JSON.stringify({ type: 'request', data: { call, id: '1', method: 'search', args: ['hello', 5] } }))
  expect(await mamba.next('response')).toMatchObject({ error: 'This turn is over.' })
  cobra.socket.send(JSON.stringify({ type: 'describe', data: { name: 'Cobra', id: 'pickle', circle: null } }))
  cobra.part(call, { type: 'final', content: '@cobra @mamba Ssss.' })
  expect((await ada.until(({ type }) => type === 'agent_message'))?.data).toMatchObject({
    agent_id: 'cobra',
    content: '@cobra @mamba Ssss.',
  })
  expect((await mamba.next('turn')).request).toMatchObject({ asked: { author: { id: 'agent:cobra', kind: 'agent' } } })
  cobra.socket.send(JSON.stringify({ type: 'request', data: { call, id: '2', method: 'lines', args: [{}] } }))
  expect(await cobra.next('response')).toMatchObject({ error: 'This turn is over.' })
  const { agents } = (await (await request('GET', '/api/agents')).json()) as { agents: { id: string }[] }
  expect(agents.filter(({ id }) => id === 'pickle')).toHaveLength(1)
  const elsewhere = await member('/ws/circles/other-nest')
  elsewhere.command('message', { content: 'hello', to: 'cobra' })
  expect((await elsewhere.until(({ type }) => type === 'error'))?.data).toMatchObject({ code: 'agent_unavailable' })
})

test('[T13] an agent is not called where the circle has paused its agents', async () => {
  await request('POST', '/api/circles', { name: 'pit', status: 'paused' })
  const boa = await connected('boa', await make('boa', { circle: 'pit' }))
  await boa.next('welcome')
  const ada = await member('/ws/circles/pit')
  const id = ada.command('message', { content: '@boa hello' })
  await ada.until(({ type, data }) => type === 'ack' && data.id === id)
  boa.socket.send('{"type":"ping"}')
  await boa.next('pong')
  expect(boa.frames).toEqual([])
  await request('PATCH', '/api/circles/pit', { status: 'active' })
  expect((await boa.next('turn')).request).toMatchObject({ asked: { content: '@boa hello' } })
})

test('[T8] [T13] an agent that asks for v2 after people approved v1 gets a new question, never a yes', async () => {
  const agent = await connected('krait', await make('krait'))
  const [ada, bob] = [await member('/ws/circles/hollow'), await member('/ws/circles/hollow', 'bob')]
  const ask = (call: unknown, version: string) =>
    agent.part(call, { type: 'approval', description: 'Deploy?', key: version, data: { version } })
  ada.command('message', { content: '@krait deploy v1' })
  const first = await agent.next('turn')
  ask(first.call, 'v1')
  const asked = await bob.until(({ type }) => type === 'approval_requested')
  expect(asked?.data).toMatchObject({ key: 'v1', data: { version: 'v1' }, except: 'guest:ada' })
  const approval = asked?.data.approval
  const path = '/api/channels/circle/hollow/commands/approve'
  expect((await request('POST', `${path}?name=ada`, { approval })).status).toBe(403) // who asked the agent
  expect((await request('POST', `${path}?name=bob`, { approval })).status).toBe(200)
  const second = await agent.next('turn')
  expect(second.request).toMatchObject({
    attempt: 2,
    decisions: [{ approval, decision: 'approved', by: 'guest:bob', key: 'v1', data: { version: 'v1' } }],
  })
  ask(second.call, 'v2')
  const isAnew = ({ type, data }: { type: string; data: { key?: unknown } }) =>
    type === 'approval_requested' && data.key === 'v2'
  const anew = await bob.until(frame => isAnew(frame as never))
  expect(anew?.data).toMatchObject({ key: 'v2', data: { version: 'v2' } })
  expect(anew?.data.approval).not.toBe(approval)
  bob.command('reject', { approval: anew?.data.approval })
  const third = await agent.next('turn')
  expect((third.request as { decisions: unknown[] }).decisions).toMatchObject([
    { key: 'v1', decision: 'approved' },
    { key: 'v2', decision: 'rejected' },
  ])
  agent.part(third.call, { type: 'final', content: 'I did not deploy v2.' })
  expect((await ada.until(({ type }) => type === 'agent_message'))?.data).toMatchObject({ hop: 1 })
})
