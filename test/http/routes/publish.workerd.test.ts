import { expect, test } from 'vitest'
import { askAs, askWith } from '../../support/in-worker.ts'

const message = (id: string, content: string, circle_name = 'bus') => ({
  id,
  type: 'message',
  circle_name,
  data: { content },
})
const changed = (id: string, path: string) => ({
  specversion: '1.0',
  id,
  source: '/ci',
  type: 'workspace.file_changed',
  time: '2026-11-21T09:00:00Z',
  channel: 'workspace:acme',
  data: { path },
})

test('[W] an event or a list of them has a result for each, and each is stored once under its id', async () => {
  const one = await askAs('ci', 'POST', '/api/events', changed('e1', 'a.ts'))
  expect([one.status, one.json]).toEqual([
    200,
    { results: [{ id: 'e1', status: 'stored', channel: 'workspace:acme', seq: 1 }] },
  ])
  const { json } = await askAs('ci', 'POST', '/api/events', [
    changed('e2', 'b.ts'),
    message('m1', 'built'),
    changed('e1', 'a.ts'),
    changed('e1', 'else.ts'),
    { id: 'bad', type: 'nonsense' },
    { ...changed('e3', 'c.ts'), workspace_id: 'twice' },
    changed('urn:uuid:7b1c#1', 'd.ts'),
  ])
  expect(json.results).toEqual([
    { id: 'e2', status: 'stored', channel: 'workspace:acme', seq: 2 },
    { id: 'm1', status: 'stored', channel: 'circle:bus', seq: 1 },
    { id: 'e1', status: 'duplicate', channel: 'workspace:acme', seq: 1 },
    {
      id: 'e1',
      status: 'refused',
      channel: 'workspace:acme',
      error: { code: 'conflict', message: expect.any(String) },
    },
    { id: 'bad', status: 'refused', error: { code: 'invalid', message: expect.any(String) } },
    { id: 'e3', status: 'refused', error: { code: 'invalid', message: expect.any(String) } },
    { id: 'urn:uuid:7b1c#1', status: 'stored', channel: 'workspace:acme', seq: 3 },
  ])
  const { json: log } = await askAs('ada', 'GET', '/api/workspaces/acme/events')
  expect(log.events.map(({ data }: { data: object }) => data)).toEqual([
    { path: 'a.ts', by: 'guest:ci' },
    { path: 'b.ts', by: 'guest:ci' },
    { path: 'd.ts', by: 'guest:ci' },
  ])
})

test('[W] a request has at most a hundred events', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => changed(`many-${index}`, 'a.ts'))
  expect((await askAs('ci', 'POST', '/api/events', many(100))).json.results).toHaveLength(100)
  for (const count of [0, 101])
    expect(await askAs('ci', 'POST', '/api/events', many(count))).toMatchObject({ status: 400 })
})

test('[W] rights are checked in every channel separately', async () => {
  const reader = { sub: 'rita', channels: { 'workspace:acme': 'reader', 'circle:bus': 'member' } }
  const { json } = await askWith(reader, 'POST', '/api/events', [
    changed('r1', 'a.ts'),
    message('r2', 'hello'),
    message('r3', 'hello', 'elsewhere'),
  ])
  expect(json.results).toMatchObject([
    { id: 'r1', status: 'refused', error: { code: 'read_only' } },
    { id: 'r2', status: 'stored' },
    { id: 'r3', status: 'refused', error: { code: 'forbidden' } },
  ])
})

test('[W] a token that moderates an agent’s channel may publish for that agent; no other may', async () => {
  const agentMessage = (id: string, more: object = {}) => ({
    id,
    type: 'agent.message',
    circle_name: 'bus',
    data: { agent_id: 'night-owl', content: 'The build is green.', ...more },
  })
  expect((await askAs('ada', 'POST', '/api/events', agentMessage('a0'))).json.results).toMatchObject([
    { status: 'refused', error: { code: 'forbidden' } },
  ])
  const owner = { sub: 'olga', channels: { 'circle:*': 'owner' } }
  expect((await askWith(owner, 'POST', '/api/events', agentMessage('a0'))).json.results).toMatchObject([
    { status: 'refused', error: { code: 'forbidden' } },
  ])
  const owl = { sub: 'owl-host', channels: { 'agent:night-owl': 'moderator', 'circle:bus': 'member' } }
  const { json } = await askWith(owl, 'POST', '/api/events', [
    agentMessage('a1'),
    agentMessage('a1'),
    agentMessage('a2', { in_reply_to: 999 }),
  ])
  expect(json.results).toMatchObject([
    { id: 'a1', status: 'stored' },
    { id: 'a1', status: 'duplicate' },
    { id: 'a2', status: 'refused', error: { code: 'not_found' } },
  ])
  const { json: log } = await askAs('ada', 'GET', `/api/circles/bus/events?after=${json.results[0].seq - 1}`)
  expect(log.events).toMatchObject([
    {
      type: 'agent_message',
      id: 'a1',
      data: {
        agent_id: 'night-owl',
        agent_name: 'Night Owl',
        content: 'The build is green.',
        turn: 'event:a1',
        hop: 1,
      },
    },
  ])
})
