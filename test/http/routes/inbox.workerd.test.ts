import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Inbox } from '../../../src/deployment/inbox/object.ts'
import type { Env } from '../../../src/env.ts'
import type { InboxFrame } from '../../../src/protocol/inbox.ts'
import { app } from '../../support/app.ts'
import { eventually } from '../../support/eventually.ts'
import { askAs, askWith } from '../../support/in-worker.ts'
import { aToken } from '../../support/tokens.ts'

const underToken: Env = { ...env, AUTH: 'token' }

function inboxOf(user: string): DurableObjectStub<Inbox> {
  if (env.INBOXES === undefined) throw new Error('wrangler.toml binds INBOXES')
  return env.INBOXES.getByName(user) as unknown as DurableObjectStub<Inbox>
}

/** Opens a socket of a user, and collects the frames and close codes that it receives. */
async function openSocket(user: string, path: string, more: Record<string, string> = {}) {
  const claims = { sub: user, name: user, channels: { 'circle:*': 'member' } }
  const authorization = `Bearer ${await aToken(Date.now(), claims)}`
  const headers = { upgrade: 'websocket', authorization, ...more }
  const { webSocket, status } = await app.fetch(new Request(`https://circles.test${path}`, { headers }), underToken)
  if (webSocket === null) throw new Error(`${path}: ${status}`)
  const frames: InboxFrame[] = []
  const closes: number[] = []
  webSocket.addEventListener('message', ({ data }) => void frames.push(JSON.parse(String(data))))
  webSocket.addEventListener('close', ({ code }) => void closes.push(code))
  webSocket.accept()
  return { socket: webSocket, frames, closes }
}

const as = (user: string) => ({ sub: user, name: user })
const send = (user: string, circle: string, body: object) =>
  askWith(as(user), 'POST', `/api/circles/${circle}/messages`, body)

test('[W] [I1] a mention reaches its inbox and every device, and is read on all of them', async () => {
  const there = await openSocket('ada-i', '/ws/circles/inbox-one')
  there.socket.close(1000)
  const [phone, laptop] = [await openSocket('ada-i', '/ws/me'), await openSocket('ada-i', '/ws/me')]
  await eventually(() => expect(phone.frames).toEqual([{ type: 'inbox', data: { items: [] } }]))
  expect(await send('bob-i', 'inbox-one', { content: 'look, @ada-i' })).toMatchObject({ status: 201 })
  const item = { channel: 'circle:inbox-one', seq: 1, kind: 'mention', from: { id: 'bob-i' }, read: false }
  await eventually(() => expect(laptop.frames[1]).toMatchObject({ type: 'inbox_item', data: item }))
  const unread = { channels: [{ channel: 'circle:inbox-one', mentions: 1, replies: 0, first: 1 }] }
  expect((await askWith(as('ada-i'), 'GET', '/api/me/unread')).json).toMatchObject(unread)
  // It outlives the object, and is there for a device that comes later.
  await evictDurableObject(inboxOf('ada-i'))
  const tablet = await openSocket('ada-i', '/ws/me')
  await eventually(() => expect(tablet.frames[0]).toMatchObject({ type: 'inbox', data: { items: [item] } }))
  tablet.socket.send(JSON.stringify({ type: 'read', data: { channel: 'circle:inbox-one', seq: 1 } }))
  const read = { type: 'inbox_read', data: { channel: 'circle:inbox-one', seq: 1, root: null, only: false } }
  await eventually(() => expect([phone.frames.at(-1), laptop.frames.at(-1)]).toEqual([read, read]))
  const plain = { channel: 'circle:inbox-one', messages: 1, mentions: 0, first: 1 } // the inbox was read, the circle was not
  expect((await askWith(as('ada-i'), 'GET', '/api/me/unread')).json).toMatchObject({ channels: [plain] })
  expect((await askWith(as('ada-i'), 'GET', '/api/me/inbox')).json).toMatchObject({ items: [{ ...item, read: true }] })
})

test('[W] [I5] what is unread in circles that are not open is counted there, and asked again only where something happens', async () => {
  const count = async (query = '') => {
    const { json } = await askWith(as('olga-i'), 'GET', `/api/me/unread${query}`)
    return json.channels.map((each: { channel: string; messages: number }) => [each.channel, each.messages])
  }
  for (const circle of ['plain-one', 'plain-two'])
    (await openSocket('olga-i', `/ws/circles/${circle}`)).socket.close(1000)
  await eventually(async () => expect(await inboxOf('olga-i').visits(9)).toHaveLength(2))
  expect(await count()).toEqual([])
  expect(await send('bob-i', 'plain-one', { content: 'one' })).toMatchObject({ status: 201 })
  expect(await send('bob-i', 'plain-one', { content: 'two' })).toMatchObject({ status: 201 })
  await eventually(async () => expect(await count('?active=true')).toEqual([['circle:plain-one', 2]]))
  expect(await count()).toEqual([['circle:plain-one', 2]])
  const native = { 'sec-websocket-protocol': 'circles.v1' } // other sockets do not say what was read
  const { socket } = await openSocket('olga-i', '/ws/circles/plain-one', native)
  socket.send(JSON.stringify({ type: 'read', data: { seq: 2 } }))
  await eventually(async () => expect(await count('?active=true')).toEqual([['circle:plain-one', 0]]))
  expect(await count()).toEqual([])
  // A circle that is gone is not asked for ever, and one that its token does not name is nobody's to count.
  const owner = { ...as('olga-i'), channels: { 'circle:*': 'owner' } }
  expect((await askWith(owner, 'DELETE', '/api/circles/plain-one?confirm=plain-one')).status).toBe(204)
  expect(await count()).toEqual([])
  expect(await inboxOf('olga-i').visits(9)).toEqual(['circle:plain-two'])
  expect(await send('bob-i', 'plain-two', { content: 'one' })).toMatchObject({ status: 201 })
  const narrow = { ...as('olga-i'), channels: { 'circle:other': 'member' } }
  expect((await askWith(narrow, 'GET', '/api/me/unread')).json).toEqual({ channels: [] })
  expect(await count()).toEqual([['circle:plain-two', 1]])
})

test('[W] [I2] an empty inbox stores nothing, also while a device listens', async () => {
  const { frames } = await openSocket('empty-i', '/ws/me')
  await eventually(() => expect(frames).toHaveLength(1))
  expect((await askWith(as('empty-i'), 'GET', '/api/me/unread')).json).toEqual({ channels: [] })
  expect((await askWith(as('empty-i'), 'POST', '/api/me/read', { channel: 'circle:x', seq: 1 })).status).toBe(204)
  const tables = await runInDurableObject(inboxOf('empty-i'), (_, { storage }) =>
    storage.sql.exec(`SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'`).toArray(),
  )
  expect(tables).toEqual([])
})

test('[W] [I3] guests have no inbox, and nobody but the person reads theirs', async () => {
  expect(await askAs('ada', 'GET', '/api/me/unread')).toMatchObject({ status: 403 })
  expect(await askAs(null, 'GET', '/api/me/unread')).toMatchObject({ status: 401 })
  const upgrade = new Request('https://circles.test/ws/me?name=ada', { headers: { upgrade: 'websocket' } })
  expect((await app.fetch(upgrade, env)).status).toBe(403)
  const without = { ...env, INBOXES: undefined } as unknown as Env
  const authorization = `Bearer ${await aToken(Date.now(), as('ada-i'))}`
  const request = new Request('https://circles.test/api/me/unread', { headers: { authorization } })
  expect((await app.fetch(request, without)).status).toBe(501)
})

test('[W] [A6] revoking the tokens of a person closes the sockets of their inbox', async () => {
  const { closes } = await openSocket('gone-i', '/ws/me')
  expect(await askWith(as('gone-i'), 'POST', '/api/users/gone-i/revoke')).toMatchObject({ status: 200 })
  await eventually(() => expect(closes).toEqual([4401]))
})

test('[W] [I1] mentions in many circles are there once each, though their objects are evicted', async () => {
  const circles = Array.from({ length: 10 }, (_, index) => `many-${index}`)
  for (const circle of circles) (await openSocket('eve-i', `/ws/circles/${circle}`)).socket.close(1000)
  for (let n = 0; n < 5; n++) {
    await Promise.all(circles.map(circle => send('bob-i', circle, { content: `@eve-i ${n}` })))
    const circle = circles[n * 2] ?? ''
    await evictDurableObject(env.CIRCLES.getByName(circle) as unknown as DurableObjectStub)
    if (n % 2 === 0) await evictDurableObject(inboxOf('eve-i'))
  }
  await eventually(async () => {
    const { json } = await askWith(as('eve-i'), 'GET', '/api/me/inbox?limit=200')
    const seqs = Map.groupBy(json.items as { channel: string; seq: number }[], ({ channel }) => channel)
    expect(Object.fromEntries([...seqs].map(([channel, items]) => [channel, items.map(({ seq }) => seq)]))).toEqual(
      Object.fromEntries(circles.map(circle => [`circle:${circle}`, [5, 4, 3, 2, 1]])),
    )
  })
})
