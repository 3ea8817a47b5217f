import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { app } from '../../support/app.ts'
import { eventually } from '../../support/eventually.ts'
import { askAs, askWith, join } from '../../support/in-worker.ts'
import { aToken } from '../../support/tokens.ts'

const underToken: Env = { ...env, AUTH: 'token' }
const dev = { 'circle:d-*': 'member' }
const as = (user: string, channels: object = dev) => ({ sub: user, name: `${user}!`, channels })

/** Visits a circle as a person does, so that it knows them. */
async function visit(user: string, circle: string) {
  const authorization = `Bearer ${await aToken(Date.now(), as(user))}`
  const headers = { upgrade: 'websocket', authorization }
  const { webSocket, status } = await app.fetch(
    new Request(`https://circles.test/ws/circles/${circle}`, { headers }),
    underToken,
  )
  if (webSocket === null) throw new Error(`${circle}: ${status}`)
  webSocket.accept()
  webSocket.close(1000)
}

async function upgradeStatus(path: string, claims?: Record<string, unknown>): Promise<number> {
  const authorization = claims === undefined ? {} : { authorization: `Bearer ${await aToken(Date.now(), claims)}` }
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': 'circles.v1', ...authorization }
  const response = await app.fetch(
    new Request(`https://circles.test${path}`, { headers }),
    claims === undefined ? env : underToken,
  )
  response.webSocket?.accept()
  response.webSocket?.close(1000)
  return response.status
}

/** Opens a stream of events, and leaves it. */
async function streamStatus(path: string, claims: Record<string, unknown>): Promise<number> {
  const headers = { authorization: `Bearer ${await aToken(Date.now(), claims)}` }
  const response = await app.fetch(new Request(`https://circles.test${path}`, { headers }), underToken)
  await response.body?.cancel()
  return response.status
}

const begin = (user: string, other: string, circle?: string) =>
  askWith(as(user), 'POST', '/api/direct', { user: other, ...(circle !== undefined && { circle }) })

test('[W] [C5] two people of a circle have one private chat, whoever begins it, and each sees the other', async () => {
  for (const user of ['ada-d', 'bob-d']) await visit(user, 'd-one')
  const begun = await begin('ada-d', 'bob-d', 'd-one')
  const channel = expect.stringMatching(/^circle:dm~[0-9a-f]{32}$/)
  expect(begun).toMatchObject({
    status: 200,
    json: { channel, user: { id: 'bob-d', name: 'bob-d!' }, blocked: false },
  })
  expect((await begin('bob-d', 'ada-d')).json).toEqual({
    ...begun.json,
    user: { id: 'ada-d', name: 'ada-d!' },
  })
  const name = begun.json.channel.slice('circle:'.length)
  const path = `/api/circles/${name}`
  expect(await askWith(as('ada-d'), 'POST', `${path}/messages`, { content: 'just us' })).toMatchObject({ status: 201 })
  expect((await askWith(as('bob-d'), 'GET', `${path}/events`)).text).toContain('just us')
  expect(await upgradeStatus(`/ws/circles/${name}`, as('bob-d'))).toBe(101)
  expect(await streamStatus(`/api/channels/circle/${name}/stream`, as('bob-d'))).toBe(200)
  // It is in the list of both, and the message waits in the inbox of the other one, who has never been there.
  for (const user of ['ada-d', 'bob-d'])
    await eventually(async () =>
      expect((await askWith(as(user), 'GET', '/api/direct')).json.chats).toMatchObject([
        { channel: begun.json.channel },
      ]),
    )
  await eventually(async () =>
    expect((await askWith(as('bob-d'), 'GET', '/api/me/inbox')).json.items).toMatchObject([
      { channel: begun.json.channel, seq: 1, kind: 'direct', from: { id: 'ada-d' } },
    ]),
  )
  const unread = { channel: begun.json.channel, messages: 1, direct: 1, first: 1 }
  expect((await askWith(as('bob-d'), 'GET', '/api/me/unread')).json.channels).toMatchObject([unread])
})

test('[W] [C5] a private chat does not exist for anybody else, whatever their token grants, and is in no list', async () => {
  for (const user of ['olga-d', 'pat-d']) await visit(user, 'd-two')
  const { channel } = (await begin('olga-d', 'pat-d', 'd-two')).json
  const name = channel.slice('circle:'.length)
  const owner = { sub: 'root-d', name: 'root', channels: { '*': 'owner' } }
  for (const [method, path, body] of [
    ['GET', `/api/circles/${name}`],
    ['GET', `/api/circles/${name}/events`],
    ['GET', `/api/circles/${name}/export`],
    ['GET', `/api/circles/${name}/members`],
    ['GET', `/api/direct/${name}`],
    ['POST', `/api/circles/${name}/messages`, { content: 'hello' }],
    ['PATCH', `/api/circles/${name}`, { title: 'mine' }],
    ['PATCH', `/api/direct/${name}`, { blocked: true }],
    ['DELETE', `/api/circles/${name}?confirm=${name}`],
  ] as const) {
    expect([path, (await askWith(owner, method, path, body)).status]).toEqual([path, 404])
  }
  expect(await upgradeStatus(`/ws/circles/${name}`, owner)).toBe(404)
  expect(await upgradeStatus(`/ws/circles/dm~${'0'.repeat(32)}`, owner)).toBe(404) // of two who have none
  const inside = { ...as('olga-d'), channels: { '*': 'owner' } } // nobody owns it
  expect(await askWith(inside, 'PATCH', `/api/circles/${name}`, { title: 'mine' })).toMatchObject({ status: 403 })
  expect(await askWith(inside, 'DELETE', `/api/circles/${name}?confirm=${name}`)).toMatchObject({ status: 403 })
  const reader = { ...as('olga-d'), channels: { '*': 'reader' } } // a token can allow less
  const message = { content: 'hello' }
  expect(await askWith(reader, 'POST', `/api/circles/${name}/messages`, message)).toMatchObject({ status: 403 })
  expect((await askWith(owner, 'GET', '/api/circles')).text).not.toContain('dm~')
  expect((await askWith(inside, 'GET', '/api/circles')).text).not.toContain('dm~')
})

test('[W] [C5] whoever shares a circle may begin, and may write there', async () => {
  for (const user of ['una-d', 'vic-d']) await visit(user, 'd-three')
  await visit('wes-d', 'd-four')
  expect(await begin('una-d', 'wes-d')).toMatchObject({ status: 403, json: { error: { code: 'forbidden' } } })
  for (const circle of ['d-three', 'd-four'])
    expect(await begin('una-d', 'wes-d', circle)).toMatchObject({ status: 403 }) // she has not been in the second
  expect(await begin('una-d', 'nobody-d', 'd-three')).toMatchObject({ status: 403 })
  const reader = as('una-d', { 'circle:d-*': 'reader' })
  expect(await askWith(reader, 'POST', '/api/direct', { user: 'vic-d', circle: 'd-three' })).toMatchObject({
    status: 403,
  })
  expect(await begin('una-d', 'una-d', 'd-three')).toMatchObject({ status: 400 })
  expect(await begin('una-d', 'vic-d', 'Not a name')).toMatchObject({ status: 400 })
  expect(await begin('una-d', 'vic-d')).toMatchObject({ status: 200 }) // their inboxes know where both have been
})

test('[W] [C5] whoever is blocked is told so when they write and when they begin again, until it is taken back', async () => {
  for (const user of ['xia-d', 'yan-d']) await visit(user, 'd-five')
  const { channel } = (await begin('xia-d', 'yan-d', 'd-five')).json
  const name = channel.slice('circle:'.length)
  const write = (user: string) => askWith(as(user), 'POST', `/api/circles/${name}/messages`, { content: 'hello' })
  const block = (user: string, blocked: boolean) => askWith(as(user), 'PATCH', `/api/direct/${name}`, { blocked })
  expect(await write('xia-d')).toMatchObject({ status: 201 })
  expect(await block('yan-d', true)).toMatchObject({ status: 200, json: { channel, blocked: true } })
  const refused = { status: 403, json: { error: { code: 'blocked' } } }
  expect(await write('xia-d')).toMatchObject(refused)
  expect(await write('yan-d')).toMatchObject(refused)
  expect(await begin('xia-d', 'yan-d', 'd-five')).toMatchObject(refused)
  expect((await askWith(as('xia-d'), 'GET', `/api/direct/${name}`)).json).toMatchObject({ blocked: false }) // her own
  expect((await askWith(as('xia-d'), 'GET', `/api/circles/${name}/events`)).status).toBe(200)
  expect(await block('yan-d', false)).toMatchObject({ json: { blocked: false } })
  expect(await write('xia-d')).toMatchObject({ status: 201 })
})

test('[W] [C5] [D4] the private chat with an agent is the one of /ws/chat, and nobody else opens it', async () => {
  const begun = await askAs('Zoe', 'POST', '/api/direct', { user: 'agent:pickle' })
  expect(begun).toMatchObject({ status: 200, json: { user: { id: 'agent:pickle', name: 'Pickle' }, blocked: false } })
  const name = begun.json.channel.slice('circle:'.length)
  expect(name).toMatch(/^chat~pickle~[0-9a-f]{32}$/)
  const { webSocket, frames } = await join(`/ws/circles/${name}?name=Zoe`)
  await eventually(() =>
    expect(frames[0]).toMatchObject({ type: 'welcome', data: { circle: { default_agent: 'pickle' } } }),
  )
  webSocket.close(1000)
  const text = await app.fetch(
    new Request('https://circles.test/ws/chat/pickle?name=Zoe', { headers: { upgrade: 'websocket' } }),
    env,
  )
  text.webSocket?.accept()
  text.webSocket?.send('hello there')
  await eventually(async () =>
    expect((await askAs('Zoe', 'GET', `/api/circles/${name}/events`)).text).toContain('hello there'),
  )
  text.webSocket?.close(1000)
  for (const who of ['Eve', null]) {
    expect(await askAs(who, 'GET', `/api/circles/${name}/events`)).toMatchObject({ status: 403 })
    expect(await upgradeStatus(`/ws/circles/${name}${who === null ? '' : `?name=${who}`}`)).toBe(403)
  }
  const owner = { sub: 'root-d', name: 'root', channels: { '*': 'owner' } }
  expect(await askWith(owner, 'GET', `/api/circles/${name}/events`)).toMatchObject({ status: 403 })
  expect(await askWith(owner, 'POST', '/api/tickets', { channel: `circle:${name}` })).toMatchObject({ status: 403 })
  expect(await askAs('Zoe', 'POST', '/api/direct', { user: 'agent:nobody' })).toMatchObject({ status: 404 })
  expect(await askWith(as('zoe-d'), 'POST', '/api/direct', { user: 'agent:pickle' })).toMatchObject({ status: 403 })
  const granted = as('zoe-d', { 'agent:pickle': 'member' })
  expect(await askWith(granted, 'POST', '/api/direct', { user: 'agent:pickle' })).toMatchObject({ status: 200 })
})

test('[W] [C5] guests have private chats, and no list of them; who has no name has none', async () => {
  for (const guest of ['Gil', 'Hal'])
    expect(await askAs(guest, 'POST', '/api/circles/d-guests/messages', { content: 'here' })).toMatchObject({
      status: 201,
    })
  const begun = await askAs('Gil', 'POST', '/api/direct', { user: 'guest:Hal', circle: 'd-guests' })
  expect(begun).toMatchObject({ status: 200, json: { user: { id: 'guest:Hal', name: 'Hal' } } })
  expect(await askAs('Gil', 'POST', '/api/direct', { user: 'guest:Hal' })).toMatchObject({ status: 200 })
  expect(await askAs('Gil', 'GET', '/api/direct')).toMatchObject({ status: 403 })
  expect(await askAs(null, 'POST', '/api/direct', { user: 'guest:Hal', circle: 'd-guests' })).toMatchObject({
    status: 403,
  })
})
