import { expect, test, vi } from 'vitest'
import { encryptPush } from '../../../src/deployment/push/encrypt.ts'
import { newPushIdentity } from '../../../src/deployment/push/push-keys.ts'
import { PushStore } from '../../../src/deployment/push/push-store.ts'
import { Pushes } from '../../../src/deployment/push/pushes.ts'
import type { InboxItem } from '../../../src/protocol/inbox.ts'
import type { InboxEvent } from '../../../src/rpc/inbox.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { decryptPush, newKeys, startPushService } from '../../support/push-service.ts'

const now = Date.now()

test('[I6] a message is encrypted for the keys of its subscription alone (RFC 8291)', async () => {
  const keys = newKeys()
  const text = 'Ada mentioned you · größer 🎲'
  const body = Buffer.from(
    await encryptPush({ p256dh: new Uint8Array(keys.p256dh), auth: new Uint8Array(keys.auth) }, Buffer.from(text)),
  )
  expect(decryptPush(body, keys).toString('utf8')).toBe(text)
  expect(() => decryptPush(body, newKeys())).toThrow()
  expect(body.includes(Buffer.from('mentioned'))).toBe(false)
  await expect(
    encryptPush({ p256dh: new Uint8Array(65), auth: new Uint8Array(keys.auth) }, Buffer.from(text)),
  ).rejects.toThrow()
})

/** A person's devices, a push service, and what an inbox sends them. */
async function aPerson() {
  const service = await startPushService()
  const identity = await newPushIdentity()
  const store = new PushStore(nodeSql())
  const pushes = new Pushes(store, { owner: 'bob', allowLoopback: true, identity: async () => identity })
  const add = (status = 201, texts = false): string => {
    const { endpoint, keys } = service.subscribe(status)
    return store.add({ endpoint, ...keys, contact: 'https://circles.test', texts }, now)
  }
  let seq = 0
  const send = (more: Partial<InboxEvent> = {}, at = now): Promise<void> => {
    seq += 1
    const event: InboxEvent = {
      channel: 'circle:dev',
      epoch: 'e',
      seq,
      kind: 'mention',
      at,
      from: { id: 'ada', name: 'Ada' },
      root: null,
      ...more,
    }
    const { text: _text, isPrivate: _isPrivate, ...item } = event
    return pushes.send({ ...item, at: new Date(at).toISOString(), read: false } as InboxItem, event, at)
  }
  return { service, identity, store, add, send }
}

test('[I6] a device is told who, where and why, by a sender that its service can verify', async () => {
  const { service, identity, add, send } = await aPerson()
  await using _ = service
  add()
  await send({ text: 'look, @Bob', isPrivate: false })
  expect(service.refused).toEqual([])
  const [push] = service.received
  expect(push).toMatchObject({
    message: {
      channel: 'circle:dev',
      seq: 1,
      kind: 'mention',
      from: 'Ada',
      thread: false,
      to: 'bob',
      text: 'look, @Bob',
    },
    claims: { sub: 'https://circles.test', key: identity.publicKey },
    headers: { ttl: '86400', urgency: 'high', 'content-encoding': 'aes128gcm' },
  })
  const { exp } = push?.claims ?? {}
  expect(Number(exp)).toBeLessThanOrEqual(now / 1_000 + 86_400) // a service takes no longer one
})

test('[I6] the text of a private circle is sent to a device only if its owner has said so, and a push stays small', async () => {
  const { service, add, send } = await aPerson()
  await using _ = service
  const [plain, open] = [add(), add(201, true)]
  expect(plain).not.toBe(open)
  await send({ text: 'secret', isPrivate: true })
  expect(service.received.map(({ message }) => message['text']).toSorted()).toEqual(['secret', undefined])
  await send({ text: 'not said to be public' })
  expect(service.received.filter(({ message }) => message['text'] === 'not said to be public')).toHaveLength(1)
  await send({ text: '🎲'.repeat(200), from: { id: 'ada', name: 'x'.repeat(64) }, channel: `circle:${'y'.repeat(64)}` })
  expect(Math.max(...service.received.map(({ bytes }) => bytes))).toBeLessThan(3_072)
})

test.each([404, 410])('[I6] a device whose service answers %s is forgotten', async status => {
  const { service, store, add, send } = await aPerson()
  await using _ = service
  add(status)
  const kept = add()
  await send()
  expect(store.subscriptions().map(({ id }) => id)).toEqual([kept])
})

test('[I6] a device whose service fails is kept, and the push is not sent again', async () => {
  const { service, store, add, send } = await aPerson()
  await using _ = service
  add(500)
  await send()
  expect([store.subscriptions().length, service.received.length]).toEqual([1, 1])
})

test('[I6] nothing is sent of a channel that is silent, to a private address, and beyond 30 in a minute', async () => {
  const { service, store, add, send } = await aPerson()
  await using _ = service
  add()
  store.setLevel('circle:dev', 'none')
  await send()
  expect(service.received).toEqual([])
  store.setLevel('circle:dev', 'mentions')
  for (let n = 0; n < 40; n++) await send({}, now + n)
  expect(service.received).toHaveLength(30)
  await send({}, now + 60_100)
  expect(service.received).toHaveLength(31)
  const fetched = vi.spyOn(globalThis, 'fetch')
  const guarded = new Pushes(store, { owner: 'bob', allowLoopback: false, identity: newPushIdentity })
  const item = {
    channel: 'circle:dev',
    epoch: 'e',
    seq: 99,
    kind: 'mention',
    at: now,
    from: { id: 'a', name: 'A' },
    root: null,
  } as const
  await guarded.send({ ...item, at: new Date(now).toISOString(), read: false }, item, now)
  expect([fetched.mock.calls.length, store.subscriptions().length]).toEqual([0, 0]) // no longer an address at all
  fetched.mockRestore()
})

test('[I6] a person has at most 20 devices, each once, and no table before the first', () => {
  const sql = nodeSql()
  const store = new PushStore(sql)
  expect([store.subscriptions(), store.levels(), store.levelIn('circle:dev')]).toEqual([[], [], 'mentions'])
  store.remove('x')
  store.clear()
  expect(sql.all(`SELECT name FROM sqlite_master`)).toEqual([])
  const device = { p256dh: 'p', auth: 'a', contact: 'https://circles.test', texts: false }
  for (let n = 0; n < 25; n++) store.add({ ...device, endpoint: `https://push.example/${n}` }, now + n)
  const id = store.add({ ...device, endpoint: 'https://push.example/24', texts: true }, now + 25)
  const all = new PushStore(sql).subscriptions()
  expect(all).toHaveLength(20)
  expect(all.find(one => one.id === id)?.texts).toBe(true)
  expect(all.some(({ endpoint }) => endpoint === 'https://push.example/4')).toBe(false)
  store.clear()
  expect(store.subscriptions()).toEqual([])
})
