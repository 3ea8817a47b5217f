import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { askAs, askWith } from '../../support/in-worker.ts'

const as = (user: string) => ({ sub: user, name: user })
const keys = { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) }

function objectOf(user: string) {
  if (env.INBOXES === undefined) throw new Error('wrangler.toml binds INBOXES')
  return env.INBOXES.getByName(user) as unknown as DurableObjectStub
}

const devicesOf = (user: string): Promise<object[]> =>
  runInDurableObject(objectOf(user), (_, { storage }) =>
    storage.sql.exec(`SELECT endpoint, texts FROM circles_push_devices`).toArray(),
  )

test('[W] [I6] a device is kept once, until it is removed', async () => {
  const endpoint = 'https://push.example/one'
  const add = (more = {}) => askWith(as('ada-n'), 'POST', '/api/me/devices', { endpoint, keys, ...more })
  const { status, json } = await add()
  expect([status, json]).toEqual([201, { id: expect.stringMatching(/^[0-9a-f]{32}$/) }])
  expect((await add({ private_texts: true })).json).toEqual(json)
  await evictDurableObject(objectOf('ada-n'))
  expect(await devicesOf('ada-n')).toEqual([{ endpoint, texts: 1 }])
  expect((await askWith(as('bob-n'), 'DELETE', `/api/me/devices/${json.id}`)).status).toBe(204) // not his
  expect(await devicesOf('ada-n')).toHaveLength(1)
  expect((await askWith(as('ada-n'), 'DELETE', `/api/me/devices/${json.id}`)).status).toBe(204)
  expect(await devicesOf('ada-n')).toEqual([])
})

test('[W] [I6] the key of the deployment is made once, whoever asks first', async () => {
  const asked = await Promise.all(
    ['ada-n', 'bob-n', 'eve-n'].map(user => askWith(as(user), 'GET', '/api/me/notifications')),
  )
  const key: string = asked[0]?.json.public_key
  expect(asked.map(({ json }) => json)).toEqual(asked.map(() => ({ public_key: key, levels: [] })))
  const point = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0))
  expect([point.byteLength, point[0]]).toEqual([65, 4])
  await evictDurableObject(objectOf('system:push'))
  expect((await askWith(as('ada-n'), 'GET', '/api/me/notifications')).json.public_key).toBe(key)
})

test('[W] [I6] levels are kept by channel, of each person', async () => {
  const set = (user: string, channel: string, level: string) =>
    askWith(as(user), 'PATCH', '/api/me/notifications', { channel, level })
  expect((await set('lea-n', 'circle:b', 'none')).status).toBe(204)
  expect((await set('lea-n', 'circle:a', 'all')).status).toBe(204)
  expect((await set('lea-n', 'circle:a', 'mentions')).status).toBe(204)
  expect((await set('lea-n', 'circle:a', 'loud')).status).toBe(400)
  expect((await askWith(as('lea-n'), 'GET', '/api/me/notifications')).json.levels).toEqual([
    { channel: 'circle:a', level: 'mentions' },
    { channel: 'circle:b', level: 'none' },
  ])
})

test('[W] [I3] [I6] guests have no devices, and an address that is no push service is refused', async () => {
  expect(await askAs('ada', 'GET', '/api/me/notifications')).toMatchObject({ status: 403 })
  expect(await askAs('ada', 'POST', '/api/me/devices', { endpoint: 'https://push.example/x', keys })).toMatchObject({
    status: 403,
  })
  for (const endpoint of [
    'http://push.example/x',
    'https://10.0.0.1/x',
    'https://[fd00::1]/x',
    'https://a.internal/x',
  ]) {
    expect(await askWith(as('ada-n'), 'POST', '/api/me/devices', { endpoint, keys })).toMatchObject({ status: 400 })
  }
  for (const wrong of [
    { ...keys, auth: 'short' },
    { p256dh: keys.p256dh },
    { ...keys, p256dh: `${'B'.repeat(86)}!` },
  ]) {
    const body = { endpoint: 'https://push.example/x', keys: wrong }
    expect(await askWith(as('ada-n'), 'POST', '/api/me/devices', body)).toMatchObject({ status: 400 })
  }
})
