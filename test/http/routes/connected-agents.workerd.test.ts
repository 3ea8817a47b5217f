import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { connectAs, connected, make, origin, request } from '../../support/connected-agent.ts'
import { member } from '../../support/member.ts'
import { aToken } from '../../support/tokens.ts'

test('[T13] an agent that connects is called, streams, and its deltas joined are what is stored', async () => {
  const key = await make('heron')
  const agent = await connected('heron', key)
  expect(await agent.next('welcome')).toEqual({
    agent: { id: 'heron', name: 'Heron', description: '', circle: null, observe: false },
  })
  const ada = await member('/ws/circles/lake')
  ada.command('message', { content: '@heron hello' })
  const { call, request: turn } = await agent.next('turn')
  expect(turn).toMatchObject({ agent: 'heron', channel: 'circle:lake', attempt: 1, asked: { content: '@heron hello' } })
  for (const text of ['Kra', 'ak', '!']) agent.part(call, { type: 'delta', text })
  agent.part(call, { type: 'final' })
  agent.part(call, { type: 'delta', text: ' and more' }) // its turn has ended
  const reply = await ada.until(({ type }) => type === 'agent_message')
  expect(reply?.data).toMatchObject({ agent_id: 'heron', content: 'Kraak!' })
  const deltas = ada.frames
    .filter(({ type }) => type === 'agent_delta')
    .map(({ data }) => (data as { text: string }).text)
  expect(deltas.join('')).toBe('Kraak!')
})

test('[T4] [T13] a hundred readers see every delta, and what each of them joins is what is stored', async () => {
  const agent = await connected('swift', await make('swift'))
  const readers = await Promise.all(Array.from({ length: 100 }, (_, n) => member('/ws/circles/sky', `reader-${n}`)))
  readers[0]?.command('message', { content: '@swift hello' })
  const { call } = await agent.next('turn')
  const words = Array.from({ length: 200 }, (_, n) => `${n} 🐦\n`)
  for (const text of words) agent.part(call, { type: 'delta', text })
  agent.part(call, { type: 'final' })
  const joined = await Promise.all(
    readers.map(async reader => {
      const stored = await reader.until(({ type }) => type === 'agent_message')
      const deltas = reader.frames.filter(({ type }) => type === 'agent_delta')
      expect(deltas.map(({ data }) => (data as { index: number }).index)).toEqual(deltas.map((_, index) => index))
      return [stored?.data.content, deltas.map(({ data }) => (data as { text: string }).text).join('')]
    }),
  )
  expect(new Set(joined.flat())).toEqual(new Set([words.join('')]))
})

test('[T13] a second program replaces the first, which is closed with 4409, and its turn is called again', async () => {
  const key = await make('crane')
  const first = await connected('crane', key)
  const ada = await member('/ws/circles/marsh')
  ada.command('message', { content: '@crane hello' })
  const { call } = await first.next('turn')
  first.part(call, { type: 'delta', text: 'lost' })
  const second = await connected('crane', key)
  expect(await first.closed).toBe(4409)
  first.socket.close(4409)
  const again = await second.next('turn')
  expect(again.request).toMatchObject({ attempt: 2 })
  second.part(call, { type: 'final', content: 'not mine' }) // a call of the other program
  second.part(again.call, { type: 'final', content: 'found' })
  expect((await ada.until(({ type }) => type === 'agent_message'))?.data).toMatchObject({ content: 'found' })
})

test('[T13] a turn waits for an agent that is away, and begins when it connects', async () => {
  const key = await make('stork', { circle: undefined })
  const ada = await member('/ws/circles/roof')
  ada.command('message', { content: '@stork hello' })
  await ada.until(({ type, data }) => type === 'agent_status' && (data as { state: string }).state === 'queued')
  const agent = await connected('stork', key)
  const { call } = await agent.next('turn')
  agent.part(call, { type: 'final', content: 'Clack.' })
  expect((await ada.until(({ type }) => type === 'agent_message'))?.data).toMatchObject({ content: 'Clack.' })
})

test('[T13] a stop reaches the agent as cancel, and an agent that observes may say nothing', async () => {
  const agent = await connected('ibis', await make('ibis', { observe: true }))
  const ada = await member('/ws/circles/nile')
  ada.command('message', { content: '@ibis hello' })
  const { call, request: turn } = await agent.next('turn')
  ada.command('stop', { turn: (turn as { turn: string }).turn })
  expect(await agent.next('cancel')).toEqual({ call })
  ada.command('message', { content: '@ibis again' })
  const second = await agent.next('turn')
  agent.part(second.call, { type: 'final' })
  ada.command('message', { content: '@ibis last' })
  const third = await agent.next('turn')
  agent.part(third.call, { type: 'final', content: 'Enough.' })
  await ada.until(({ type, data }) => type === 'agent_message' && (data as { content: string }).content === 'Enough.')
  expect(ada.frames.filter(({ type }) => type === 'turn_failed')).toEqual([])
})

test('[T13] an agent of one circle is called nowhere else, and another key or a removal closes its socket', async () => {
  await request('POST', '/api/circles', { name: 'pond' })
  const ofEve = { authorization: `Bearer ${await aToken(Date.now(), { sub: 'eve' })}` }
  for (const body of [{ id: 'egret', circle: 'pond' }, { id: 'egret' }]) {
    expect((await request('POST', '/api/agents', body, ofEve)).status).toBe(403)
  }
  const ofOlga = { 'deployment:agents': 'owner' }
  const olga = { authorization: `Bearer ${await aToken(Date.now(), { sub: 'olga', channels: ofOlga })}` }
  expect((await request('POST', '/api/agents', { id: 'bittern', circle: 'pond' }, olga)).status).toBe(201)
  const egret = await connected('egret', await make('egret', { circle: 'pond' }))
  const [inPond, elsewhere] = [await member('/ws/circles/pond'), await member('/ws/circles/sea')]
  elsewhere.command('message', { content: 'hello', to: 'egret' })
  const refused = await elsewhere.until(({ type }) => type === 'error')
  expect(refused?.data).toMatchObject({ code: 'agent_unavailable' })
  inPond.command('message', { content: '@egret hello' })
  expect((await egret.next('turn')).request).toMatchObject({ channel: 'circle:pond' })
  const key = await make('grebe')
  const agent = await connected('grebe', key)
  const replaced = await request('POST', '/api/agents/grebe/key')
  expect([replaced.status, await agent.closed]).toEqual([201, 4001])
  agent.socket.close(4001)
  const { key: other } = (await replaced.json()) as { key: string }
  expect((await connectAs('grebe', key)).status).toBe(401)
  const next = await connected('grebe', other)
  expect((await request('DELETE', '/api/agents/grebe')).status).toBe(204)
  expect(await next.closed).toBe(4410)
  next.socket.close(4410)
  expect((await connectAs('grebe', other)).status).toBe(401)
  expect((await request('DELETE', '/api/agents/grebe')).status).toBe(404)
})

test('[T13] what an agent with its key may do: connect as itself, and nothing else', async () => {
  const key = await make('gull')
  await make('tern')
  const bearer = { authorization: `Bearer ${key}` }
  const upgrade = { upgrade: 'websocket', ...bearer }
  const agentUpgrade = { ...upgrade, 'sec-websocket-protocol': 'circles.agent.v1' }
  const native = { ...upgrade, 'sec-websocket-protocol': 'circles.v1' }
  const open = (path: string, headers: Record<string, string>) => exports.default.fetch(`${origin}${path}`, { headers })
  const statuses = {
    itself: await open('/ws/agents/gull/connect', agentUpgrade),
    another: await open('/ws/agents/tern/connect', agentUpgrade),
    nobody: await open('/ws/agents/nobody/connect', agentUpgrade),
    'without its subprotocol': await open('/ws/agents/gull/connect', native),
    'without a key': await open('/ws/agents/gull/connect', {
      upgrade: 'websocket',
      'sec-websocket-protocol': 'circles.agent.v1',
    }),
    'an id that is bound': await request('POST', '/api/agents', { id: 'pickle' }),
    'an id that is taken': await request('POST', '/api/agents', { id: 'gull' }),
    'no id': await request('POST', '/api/agents', { id: '~list' }),
  }
  for (const response of Object.values(statuses)) response.webSocket?.accept()
  expect(Object.fromEntries(Object.entries(statuses).map(([name, { status }]) => [name, status]))).toEqual({
    itself: 101,
    another: 401,
    nobody: 401,
    'without its subprotocol': 400,
    'without a key': 401,
    'an id that is bound': 409,
    'an id that is taken': 409,
    'no id': 400,
  })
})
