import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { connectedAgentStub } from '../../src/stubs.ts'
import { aRequest, noCircle } from '../support/agents.ts'
import { connectAs, connected, make, request } from '../support/connected-agent.ts'
import { askAs } from '../support/in-worker.ts'
import { member } from '../support/member.ts'
import { aToken } from '../support/tokens.ts'

// What a token allows about agents, and what a circle's settings and its people allow an agent.

const address = { protocol: 'ai-sdk', url: 'https://agent.example.com/api/chat' }
const refused = { inCircle: 403, everywhere: 403, key: 403, address: 403, remove: 403 }
const all = { inCircle: 201, everywhere: 201, key: 201, address: 200, remove: 204 }
const ofCircle = { ...all, everywhere: 403 }

test.each<[string, Record<string, string>, object]>([
  ['a reader', { 'circle:*': 'reader' }, refused],
  ['a member', { 'circle:*': 'member' }, refused],
  ['a moderator', { 'circle:*': 'moderator' }, refused],
  ['an owner of another circle', { 'circle:*': 'member', 'circle:elsewhere': 'owner' }, refused],
  ['an owner of the circle', { 'circle:*': 'member', 'circle:burrow': 'owner' }, ofCircle],
  ['a member of deployment:agents', { 'circle:*': 'member', 'deployment:agents': 'member' }, refused],
  ['an owner of deployment:stats', { 'circle:*': 'member', 'deployment:stats': 'owner' }, refused],
  ['an owner of deployment:agents', { 'deployment:agents': 'owner' }, all],
  ['an owner of everything', { '*': 'owner' }, all],
])('[T13] the agents of a circle, and of all, in the hands of %s', async (who, channels, expected) => {
  const id = who.replaceAll(/[^a-z]+/gi, '-').toLowerCase()
  const headers = { authorization: `Bearer ${await aToken(Date.now(), { sub: 'eve', channels })}` }
  await request('POST', '/api/circles', { name: 'burrow' })
  await make(`old-${id}`, { circle: 'burrow' })
  const ask = async (method: string, path: string, body?: object) =>
    (await request(method, `/api/agents${path}`, body, headers)).status
  expect({
    inCircle: await ask('POST', '', { id: `new-${id}`, circle: 'burrow' }),
    everywhere: await ask('POST', '', { id: `wide-${id}` }),
    key: await ask('POST', `/old-${id}/key`),
    address: await ask('POST', `/old-${id}/address`, address),
    remove: await ask('DELETE', `/old-${id}`),
  }).toEqual(expected)
  for (const made of [`new-${id}`, `wide-${id}`, `old-${id}`]) await request('DELETE', `/api/agents/${made}`)
})

test('[T13] under open, agents of all circles are for programs of this machine, not for guests of another host', async () => {
  for (const name of ['ada', null]) {
    const { status, json } = await askAs(name, 'POST', '/api/agents', { id: 'stranger' })
    expect([status, json.error.code]).toEqual(name === null ? [401, 'missing_token'] : [403, 'forbidden'])
  }
  expect((await request('POST', '/api/agents', { id: 'stranger' })).status).toBe(201)
  await request('DELETE', '/api/agents/stranger')
})

const neutral = { status: 'active', default_agent: null, rules: [] }

test.each<[string, (id: string) => object, (id: string) => string, boolean]>([
  ['a mention', () => ({}), id => `@${id} hello`, true],
  ['no mention', () => ({}), () => 'hello', false],
  ['its name in code', () => ({}), id => `\`@${id}\``, false],
  ['being the default agent', id => ({ default_agent: id }), () => 'hello', true],
  ['another default agent', () => ({ default_agent: 'nobody' }), () => 'hello', false],
  ['a rule that fits', id => ({ rules: [{ match: 'deploy *', agent: id }] }), () => 'deploy it', true],
  ['a rule that does not', id => ({ rules: [{ match: 'deploy *', agent: id }] }), () => 'hello', false],
  ['an archived circle', () => ({ status: 'archived' }), id => `@${id} hello`, false],
])('[T2] [T13] %s: whether an agent is called', async (about, settings, content, isCalled) => {
  const id = `skink-${about.replaceAll(/[^a-z]+/g, '-')}`
  const circle = `set-${id}`
  await request('POST', '/api/circles', { name: circle })
  const agent = await connected(id, await make(id, { circle }))
  await request('PATCH', `/api/circles/${circle}`, settings(id))
  const ada = await member(`/ws/circles/${circle}`)
  const say = async (text: string) => {
    const command = ada.command('message', { content: text })
    await ada.until(({ type, data }) => ['ack', 'error'].includes(type) && data.id === command)
  }
  await say(content(id))
  await request('PATCH', `/api/circles/${circle}`, neutral)
  await say(`@${id} last`)
  const { request: turn } = await agent.next('turn')
  expect(turn).toMatchObject({ asked: { content: isCalled ? content(id) : `@${id} last` } })
})

/** A turn of an agent, which can ask its circle. */
async function aTurn(id: string) {
  await request('POST', '/api/circles', { name: `of-${id}` }) // its owner
  const agent = await connected(id, await make(id))
  const ada = await member(`/ws/circles/of-${id}`)
  ada.command('message', { content: `@${id} hello` })
  const { call } = await agent.next('turn')
  let count = 0
  const ask = async (method: string, ...args: unknown[]) => {
    agent.socket.send(JSON.stringify({ type: 'request', data: { call, id: `${++count}`, method, args } }))
    const { value, error } = await agent.next('response')
    return error ?? value
  }
  return { agent, ada, call, ask }
}

test('[T12] [T13] what an agent asks of its circle is bounded', async () => {
  const { ask } = await aTurn('gecko')
  const notValid = 'The arguments are not valid.'
  const cases: [string, unknown[], unknown][] = [
    ['search', ['hello', 51], notValid],
    ['search', [5], notValid],
    ['search', ['x'.repeat(1_001)], notValid],
    ['lines', [{ limit: 201 }], notValid],
    ['lines', ['all'], notValid],
    ['remind', ['2020-01-01T00:00:00Z', 'late'], 'The time of a reminder must be in the future.'],
    ['remind', ['2999-01-01T00:00:00Z', 'far'], 'A reminder must be due within a year.'],
    ['remind', ['soon', 'x'], notValid],
    ['forget', ['of somebody else'], false],
    ['document', [{ do: 'delete', document: 'plan' }], notValid],
    ['document', [{ do: 'edit', document: 'plan', edits: [] }], notValid],
    ['document', [{ do: 'read', document: '../plan' }], expect.stringContaining('no name of a document')],
  ]
  const answers: unknown[] = []
  for (const [method, args] of cases) answers.push([method, args, await ask(method, ...args)])
  expect(answers).toEqual(cases)
})

test('[T12] [T13] an agent that connects edits documents, with the rights of whoever prompted it, while its turn runs', async () => {
  const { agent, ada, call, ask } = await aTurn('newt')
  const edit = (old: string, text: string, more: object = {}) =>
    ask('document', { do: 'edit', document: 'plan', edits: [{ old, new: text }], ...more })
  expect(await ask('document', { do: 'list' })).toEqual([])
  expect(await edit('', 'Monday')).toMatchObject({ edit: expect.any(Number) })
  const { edit: second } = (await edit('Monday', 'Tuesday')) as { edit: number }
  expect(await ask('document', { do: 'list' })).toEqual(['plan'])
  expect(await ask('document', { do: 'read', document: 'plan' })).toMatchObject({ text: 'Tuesday' })
  expect(await edit('Friday', 'Sunday')).toEqual(expect.any(String))
  await ask('document', { do: 'undo', document: 'plan', edit: second })
  expect(await ask('document', { do: 'read', document: 'plan' })).toMatchObject({ text: 'Monday' })
  const muted = await request('PATCH', '/api/circles/of-newt/members/guest:ada', { muted: true })
  expect(muted.status).toBe(200)
  expect(await edit('Monday', 'Never')).toEqual(expect.any(String))
  expect(await ask('document', { do: 'read', document: 'plan' })).toMatchObject({ text: 'Monday' })
  agent.part(call, { type: 'final', content: 'Done.' })
  await ada.until(({ type }) => type === 'agent_message' || type === 'turn_failed')
  expect(await ask('document', { do: 'read', document: 'plan' })).toBe('This turn is over.')
})

test('[T14] an agent that is given an address has no key, and one that is given a key has no address; nobody is shown either', async () => {
  const key = await make('olm')
  const agent = await connected('olm', key)
  const secret = { ...address, api_key: 'sk-very-secret' }
  for (const url of ['https://10.0.0.1/api', 'http://agent.example.com/api']) {
    const bad = { ...secret, url }
    expect((await request('POST', '/api/agents/olm/address', bad)).status).toBe(400)
    expect((await request('POST', '/api/agents', { id: 'axolotl', address: bad })).status).toBe(400)
  }
  const info = { name: 'Olm', description: '', circle: null, observe: false }
  const given = await request('POST', '/api/agents/olm/address', secret)
  expect([given.status, await given.json(), await agent.closed]).toEqual([200, { id: 'olm', ...info, address }, 4001])
  agent.socket.close(4001)
  expect((await connectAs('olm', key)).status).toBe(401)
  const made = await request('POST', '/api/agents', { id: 'axolotl', name: 'Olm', address: secret })
  expect([made.status, await made.json()]).toEqual([201, { id: 'axolotl', ...info, address }])
  const { key: another } = (await (await request('POST', '/api/agents/axolotl/key')).json()) as { key: string }
  expect((await connectAs('axolotl', another)).status).toBe(101)
})

test('[T13] an agent of one circle refuses the call of another circle', async () => {
  await request('POST', '/api/circles', { name: 'brook' })
  const agent = await connected('caiman', await make('caiman', { circle: 'brook' }))
  const call = async (channel: string) => {
    const stream = await connectedAgentStub(env, 'caiman')?.turn(aRequest({ agent: 'caiman', channel }), noCircle)
    return new Response(stream).text()
  }
  expect(await call('circle:pool')).toContain('agent_unavailable')
  const answer = call('circle:brook')
  const { call: id } = await agent.next('turn')
  agent.part(id, { type: 'final', content: 'Snap.' })
  expect(JSON.parse(await answer)).toEqual({ type: 'final', content: 'Snap.' })
})
