import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { eventually } from '../support/eventually.ts'
import { startPushService } from '../support/push-service.ts'
import { startServer } from '../support/server.ts'
import { aToken, secret } from '../support/tokens.ts'

const channels = { 'circle:*': 'member' }

test('[I6] what is for a person is pushed to their devices while no page is open, with a key that outlives the server', async () => {
  await using service = await startPushService()
  await using server = await startServer({ AUTH: 'token', AUTH_SECRET: secret, WEBHOOKS_LOOPBACK: 'allow' })
  const ask = async (user: string, method: string, path: string, body?: object) => {
    const authorization = `Bearer ${await aToken(Date.now(), { sub: user, name: user, channels })}`
    const headers = { authorization, 'content-type': 'application/json' }
    const response = await fetch(server.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    const text = await response.text()
    return { status: response.status, json: text === '' ? null : JSON.parse(text) }
  }
  const open = async (user: string, path: string) => {
    const authorization = `Bearer ${await aToken(Date.now(), { sub: user, name: user, channels })}`
    const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers: { authorization } })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return socket
  }
  const close = async (socket: WebSocket) => {
    socket.close(1000)
    await new Promise(resolve => socket.once('close', resolve))
  }
  await close(await open('bob', '/ws/circles/push-one'))
  const settings = await ask('bob', 'GET', '/api/me/notifications')
  expect(settings).toMatchObject({
    status: 200,
    json: { public_key: expect.stringMatching(/^[\w-]{87}$/), levels: [] },
  })
  expect((await ask('ada', 'GET', '/api/me/notifications')).json.public_key).toBe(settings.json.public_key)

  const added = await ask('bob', 'POST', '/api/me/devices', service.subscribe())
  expect(added).toMatchObject({ status: 201, json: { id: expect.stringMatching(/^[0-9a-f]{32}$/) } })
  const write = (content: string) => ask('ada', 'POST', '/api/circles/push-one/messages', { content })
  const page = await open('bob', '/ws/me')
  await write('@bob while the page is open')
  await eventually(async () => expect((await ask('bob', 'GET', '/api/me/inbox')).json.items).toHaveLength(1))
  await close(page)
  // A page that has just closed may be open for the server a little longer.
  await eventually(async () => {
    await write('@bob, are you there?')
    expect(service.received.length).toBeGreaterThan(0)
  })
  expect(service.refused).toEqual([])
  expect(service.received[0]).toMatchObject({
    claims: { key: settings.json.public_key, sub: `https://${new URL(server.url).host}` },
    message: { channel: 'circle:push-one', kind: 'mention', from: 'ada', to: 'bob', text: '@bob, are you there?' },
  })

  const before = service.received.length
  expect(
    (await ask('bob', 'PATCH', '/api/me/notifications', { channel: 'circle:push-one', level: 'none' })).status,
  ).toBe(204)
  await write('@bob, nothing of this')
  const items = async () => (await ask('bob', 'GET', '/api/me/inbox')).json.items.length
  const count = await items()
  await write('@bob, nor of this')
  await eventually(async () => expect(await items()).toBeGreaterThan(count))
  expect(service.received).toHaveLength(before)
  expect((await ask('bob', 'GET', '/api/me/notifications')).json.levels).toEqual([
    { channel: 'circle:push-one', level: 'none' },
  ])

  await server.kill9()
  await server.start()
  expect((await ask('bob', 'GET', '/api/me/notifications')).json.public_key).toBe(settings.json.public_key)

  // Private addresses are no push services, whoever asks.
  const keys = service.subscribe().keys
  for (const endpoint of [
    'http://push.example/x',
    'https://10.0.0.1/x',
    'https://metadata.internal/x',
    'not an address',
  ])
    expect(await ask('bob', 'POST', '/api/me/devices', { endpoint, keys })).toMatchObject({ status: 400 })
  expect(
    await ask('bob', 'POST', '/api/me/devices', {
      endpoint: 'https://push.example/x',
      keys: { p256dh: 'x', auth: 'y' },
    }),
  ).toMatchObject({ status: 400 })
  expect((await ask('bob', 'DELETE', `/api/me/devices/${added.json.id}`)).status).toBe(204)
})
