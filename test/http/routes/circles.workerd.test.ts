import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { placer } from '../../../src/stubs.ts'
import { app } from '../../support/app.ts'
import { eventually } from '../../support/eventually.ts'
import { askAs, askWith, join } from '../../support/in-worker.ts'
import { aToken } from '../../support/tokens.ts'

const error = (code: string) => ({ error: { code, message: expect.any(String) } })
const names = (json: { circles: { name: string }[] }) => json.circles.map(({ name }) => name)

test('[W] a circle is created once; its creator owns it, and may change it', async () => {
  const created = await askAs('ada', 'POST', '/api/circles', { name: 'Garden', title: 'The garden' })
  expect([created.status, created.json]).toEqual([
    201,
    {
      name: 'garden',
      channel: 'circle:garden',
      title: 'The garden',
      status: 'active',
      visibility: 'public',
      default_agent: null,
      rules: [],
      retention: { events: 1_000_000 },
      epoch: expect.any(String),
      head: 2,
      earliest: 1,
      online: 0,
    },
  ])
  expect(await askAs('bob', 'POST', '/api/circles', { name: 'garden' })).toMatchObject({
    status: 409,
    json: error('conflict'),
  })
  expect(await askAs('bob', 'PATCH', '/api/circles/garden', { title: 'Mine' })).toMatchObject({ status: 403 })
  const changed = await askAs('ada', 'PATCH', '/api/circles/garden', { default_agent: 'pickle', status: 'paused' })
  expect(changed).toMatchObject({ status: 200, json: { default_agent: 'pickle', status: 'paused' } })
  expect((await askAs('bob', 'GET', '/api/circles/garden')).json).toEqual(changed.json)
  expect((await askAs(null, 'GET', '/api/circles')).json.circles).toContainEqual({
    name: 'garden',
    title: 'The garden',
    status: 'paused',
    visibility: 'public',
    default_agent: 'pickle',
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
  })
})

test('[W] a circle shows the region that it was created for', async () => {
  const create = (name: string, more: object) => askAs('ada', 'POST', '/api/circles', { name, ...more })
  expect(await create('placed', { region: 'weur', title: 'Placed' })).toMatchObject({
    status: 201,
    json: { region: 'weur', title: 'Placed' },
  })
  await create('unplaced', {})
  const { circles } = (await askAs(null, 'GET', '/api/circles')).json
  const regions = circles.map(({ name, region }: { name: string; region?: string }) => [name, region])
  expect(regions).toEqual(
    expect.arrayContaining([
      ['placed', 'weur'],
      ['unplaced', undefined],
    ]),
  )
  expect((await askAs('bob', 'GET', '/api/circles/placed')).json.region).toBe('weur')
  expect(await create('nowhere', { region: 'moon' })).toMatchObject({ status: 400 })
  expect(await askAs('ada', 'PATCH', '/api/circles/placed', { region: 'apac' })).toMatchObject({ status: 400 })
})

test('a jurisdiction changes nothing here: workerd has none', async () => {
  const placed = placer({ jurisdiction: () => 'eu' })(env)
  const response = await app.fetch(
    new Request('https://circles.test/api/circles/eu-dev/messages?name=ada', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'hello' }),
    }),
    placed,
  )
  expect(response.status).toBe(201)
  expect(await askAs('ada', 'GET', '/api/circles/eu-dev')).toMatchObject({ status: 200, json: { head: 1 } })
})

test('[C3] a circle that somebody has joined exists and is listed, but its name is free until somebody writes', async () => {
  await join('/ws/circles/joined')
  await eventually(async () => expect(names((await askAs(null, 'GET', '/api/circles')).json)).toContain('joined'))
  expect(await askAs('ada', 'POST', '/api/circles', { name: 'joined' })).toMatchObject({ status: 201 })
  expect(await askAs('bob', 'POST', '/api/circles', { name: 'joined' })).toMatchObject({ status: 409 })
  await askAs('ada', 'POST', '/api/circles/written/messages', { content: 'hi' })
  expect(await askAs('bob', 'POST', '/api/circles', { name: 'written' })).toMatchObject({ status: 409 })
  expect(await askAs('ada', 'POST', '/api/circles', { name: 'written' })).toMatchObject({ status: 201 }) // she began it
  expect(await askAs('ada', 'POST', '/api/circles', { name: 'written' })).toMatchObject({ status: 409 })
})

test('[C3] a visited circle that is made private closes its visitors and is unlisted', async () => {
  const guest = await join('/ws/circles/visited')
  const made = { name: 'visited', visibility: 'private' }
  expect(await askAs('ada', 'POST', '/api/circles', made)).toMatchObject({ status: 201 })
  await eventually(() => expect(guest.closes).toEqual([4403]))
  expect(names((await askAs('bob', 'GET', '/api/circles')).json)).not.toContain('visited')
  expect(names((await askAs('ada', 'GET', '/api/circles')).json)).toContain('visited')
})

test.each(['message', 'event'])('[C3] a refused %s leaves no circle behind', async what => {
  const name = `refused-${what}`
  const event = { id: 'e1', type: 'message', channel: `circle:${name}`, data: { content: 'x', to: 'nobody' } }
  const refused =
    what === 'message'
      ? await askAs('ada', 'POST', `/api/circles/${name}/messages`, { content: 'x', to: 'nobody' })
      : await askAs('ada', 'POST', '/api/events', event)
  expect(refused.text).toContain('There is no agent called nobody here.')
  expect(await askAs('ada', 'GET', `/api/circles/${name}/export`)).toMatchObject({ status: 404 })
  expect(names((await askAs('ada', 'GET', '/api/circles')).json)).not.toContain(name)
  const tables = `SELECT count(*) AS count FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'`
  const count = (_: unknown, { storage }: DurableObjectState) => storage.sql.exec(tables).one()['count']
  expect(await runInDurableObject(env.CIRCLES.getByName(name), count)).toBe(0)
  expect(await askAs('ada', 'POST', `/api/circles/${name}/messages`, { content: 'hi' })).toMatchObject({
    json: { seq: 1 },
  })
})

test('[C3] a reader brings no circle into existence, by a visit or a message', async () => {
  const reader = { sub: 'rita', channels: { 'circle:*': 'reader', 'agent:*': 'reader' } }
  const headers = { upgrade: 'websocket', authorization: `Bearer ${await aToken(Date.now(), reader)}` }
  const visit = async (path: string) => {
    const request = new Request(`https://circles.test${path}`, { headers })
    const { status, webSocket } = await app.fetch(request, { ...env, AUTH: 'token' })
    webSocket?.accept()
    return status
  }
  expect([await visit('/ws/circles/unread'), await visit('/ws/agents/nobody')]).toEqual([404, 404])
  expect(await visit('/ws/agents/pickle')).toBe(101) // it is bound
  const posted = await askWith(reader, 'POST', '/api/circles/unread/messages', { content: 'x' })
  expect(posted).toMatchObject({ status: 404, json: error('not_found') })
  await join('/ws/circles/unread')
  expect(await visit('/ws/circles/unread')).toBe(101)
})

test('[C3] nobody creates the lobby and owns it, unless their token makes them an owner', async () => {
  const create = (role: string) =>
    askWith({ sub: role, channels: { 'circle:*': role } }, 'POST', '/api/circles', { name: 'lobby' })
  expect(await create('moderator')).toMatchObject({ status: 403, json: error('forbidden') })
  expect(await askAs('ada', 'GET', '/api/circles/lobby')).toMatchObject({ status: 404 }) // nothing was created
  expect(await create('owner')).toMatchObject({ status: 201 })
})

test('[A5] a private circle is answered like one that does not exist', async () => {
  await askAs('ada', 'POST', '/api/circles', { name: 'hidden', visibility: 'private' })
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/events'],
    ['GET', '/export'],
    ['GET', '/search?q=x'],
    ['GET', '/members'],
    ['GET', '/cost'],
    ['GET', '/webhooks'],
  ] as const) {
    const [hidden, none] = [
      await askAs('bob', method, `/api/circles/hidden${path}`),
      await askAs('bob', method, `/api/circles/not-there${path}`),
    ]
    expect([hidden.status, hidden.text.replaceAll('hidden', 'not-there')]).toEqual([404, none.text])
  }
})

test.each([
  ['no name', {}],
  ['a name with a slash', { name: 'a/b' }],
  ['an unknown key', { name: 'fine', owner: 'eve' }],
  ['a rule that is not a regular expression', { name: 'fine', rules: [{ match: '/(/', agent: 'pickle' }] }],
])('[W] a circle cannot be created with %s', async (_, body) => {
  expect(await askAs('ada', 'POST', '/api/circles', body)).toMatchObject({ status: 400, json: error('invalid') })
  expect(await askAs('ada', 'GET', '/api/circles/fine')).toMatchObject({ status: 404 }) // nothing was created
})

test('[W] reading, changing or deleting a circle that does not exist does not create it', async () => {
  for (const [method, path, body] of [
    ['GET', '/api/circles/nowhere'],
    ['GET', '/api/circles/nowhere/search?q=x'],
    ['DELETE', '/api/circles/nowhere?confirm=nowhere'],
    ['PATCH', '/api/circles/nowhere', { title: 'x' }],
  ] as const) {
    expect(await askAs('ada', method, path, body)).toMatchObject({ status: 404, json: error('not_found') })
  }
})

test('[W] [E3] an owner who repeats its name deletes a circle: sockets close with 4410, the next has a new epoch', async () => {
  const { json: before } = await askAs('ada', 'POST', '/api/circles', { name: 'doomed' })
  const bob = await join('/ws/circles/doomed?name=bob')
  await eventually(() => expect(bob.frames.map(({ type }) => type)).toContain('welcome'))
  expect(await askAs('ada', 'DELETE', '/api/circles/doomed')).toMatchObject({ status: 400 })
  expect(await askAs('ada', 'DELETE', '/api/circles/doomed?confirm=other')).toMatchObject({ status: 400 })
  expect(await askAs('bob', 'DELETE', '/api/circles/doomed?confirm=doomed')).toMatchObject({ status: 403 })
  expect(await askAs('ada', 'DELETE', '/api/circles/doomed?confirm=doomed')).toEqual({
    status: 204,
    text: '',
    json: null,
  })
  await eventually(() => expect(bob.closes).toEqual([4410]))
  bob.webSocket.close(4410)
  expect(names((await askAs(null, 'GET', '/api/circles')).json)).not.toContain('doomed')
  expect(await askAs('ada', 'GET', '/api/circles/doomed')).toMatchObject({ status: 404 })
  const { json: after } = await askAs('eve', 'POST', '/api/circles', { name: 'doomed' })
  expect(after).toMatchObject({ head: 1, title: 'doomed' })
  expect(after.epoch).not.toBe(before.epoch)
})

test('[W] search finds messages by their words and highlights the words', async () => {
  await askAs('ada', 'POST', '/api/circles', { name: 'library' })
  for (const content of ['The quick brown fox', 'a lazy dog', 'Quick!']) {
    await askAs('ada', 'POST', '/api/circles/library/messages', { content })
  }
  const { json } = await askAs('bob', 'GET', '/api/circles/library/search?q=quick')
  expect(json).toEqual({
    complete: true,
    next: null,
    results: [
      {
        seq: 4,
        type: 'message',
        timestamp: expect.any(String),
        author: { id: 'guest:ada', name: 'ada' },
        snippet: 'Quick!',
        highlights: [[0, 5]],
      },
      {
        seq: 2,
        type: 'message',
        timestamp: expect.any(String),
        author: { id: 'guest:ada', name: 'ada' },
        snippet: 'The quick brown fox',
        highlights: [[4, 9]],
      },
    ],
  })
})

test.each(['"', '*', 'a OR', 'NEAR(', 'body:x', '%00', '%F0%9F%A6%8A', '-'])(
  '[W] a search for %s has a result, perhaps an empty one',
  async q => {
    await askAs('ada', 'POST', '/api/circles/library/messages', { content: 'a message' })
    expect(await askAs('bob', 'GET', `/api/circles/library/search?q=${q}`)).toMatchObject({ status: 200 })
  },
)

test.each(['', 'q=', `q=${'x'.repeat(10_240)}`, 'q=x&limit=0', 'q=x&limit=1e3'])(
  '[W] an invalid search: %s',
  async query => {
    await askAs('ada', 'POST', '/api/circles/library/messages', { content: 'a message' })
    expect(await askAs('bob', 'GET', `/api/circles/library/search?${query}`)).toMatchObject({ status: 400 })
  },
)

test('[W] [A2] a list shows the circles that a token grants, and private ones to those who created or moderate them', async () => {
  const owner = { sub: 'olga', channels: { 'circle:list-*': 'member' } }
  await askWith(owner, 'POST', '/api/circles', { name: 'list-open' })
  await askWith(owner, 'POST', '/api/circles', { name: 'list-private', visibility: 'private' })
  const seenBy = async (claims: Record<string, unknown>) =>
    names((await askWith(claims, 'GET', '/api/circles?after=list-&limit=2')).json).filter(name => /^list-/.test(name))
  expect(await seenBy(owner)).toEqual(['list-open', 'list-private'])
  expect(await seenBy({ sub: 'max', channels: { 'circle:list-*': 'member' } })).toEqual(['list-open'])
  expect(await seenBy({ sub: 'mod', channels: { 'circle:list-*': 'moderator' } })).toEqual([
    'list-open',
    'list-private',
  ])
  expect(await seenBy({ sub: 'eve', channels: { 'circle:other': 'owner' } })).toEqual([])
  expect(
    await askWith({ sub: 'eve', channels: { 'circle:list-*': 'reader' } }, 'POST', '/api/circles', {
      name: 'list-eve',
    }),
  ).toMatchObject({ status: 403 })
})
