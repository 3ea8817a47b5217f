import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { afterEach, expect, test, vi } from 'vitest'
import {
  isWebhookSecret,
  newWebhookSecret,
  signedHeaders,
  verifyWebhook,
} from '../../src/protocol/webhook-signature.ts'

const delivery = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  type: 'message',
  body: '{"test": 2432232314}',
  at: 1_614_265_330_000,
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
}
const { body, at, secret } = delivery
const signed = async (changes: Partial<typeof delivery> = {}) =>
  new Headers(await signedHeaders({ ...delivery, ...changes }))

test('[W] a delivery has the signature that Standard Webhooks computes', async () => {
  expect(Object.fromEntries(await signed())).toMatchObject({
    'webhook-id': delivery.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    'circles-signature': expect.stringMatching(/^v1=[0-9a-f]{64}$/),
  })
})

test.each([newWebhookSecret(), 'a secret of one’s own', 'f'.repeat(64)])('[W] %s signs and verifies', async own => {
  expect(isWebhookSecret(own)).toBe(true)
  const headers = await signed({ secret: own })
  expect(await verifyWebhook(own, { headers, body }, at)).toBe(true)
  expect(await verifyWebhook(secret, { headers, body }, at)).toBe(false)
})

test('[W] a delivery that was changed, is old or lacks a header is not genuine', async () => {
  const verify = (headers: Headers, text = body, now = at) => verifyWebhook(secret, { headers, body: text }, now)
  expect(await verify(await signed())).toBe(true)
  expect(await verify(await signed(), `${body} `)).toBe(false)
  expect(await verify(await signed(), body, at + 301_000)).toBe(false)
  expect(await verify(await signed(), body, at - 301_000)).toBe(false)
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
    const without = await signed()
    without.delete(name)
    expect(await verify(without)).toBe(false)
    for (const value of ['', 'x', 'v1,', 'v1,%%%', '1'.repeat(13)]) {
      const changed = await signed()
      changed.set(name, value)
      expect([name, value, await verify(changed)]).toEqual([name, value, false])
    }
  }
  const rotated = await signed()
  rotated.set('webhook-signature', `v1,AAAA v2,x ${rotated.get('webhook-signature')}`)
  expect(await verify(rotated)).toBe(true)
})

test.each([
  ['whsec_', false],
  ['whsec_short', false],
  ['whsec_%%%%%%%%%%%%%%%%%%%%%%%%', false],
  ['whsec_AAAAAAAAAAAAAAAAAAAAAA==', true],
])('[W] %s can be a secret: %s', (text, possible) => {
  expect(isWebhookSecret(text)).toBe(possible)
})

afterEach(() => void vi.useRealTimers())

test.each([
  [newWebhookSecret(), (own: string) => new Webhook(own)],
  [secret, (own: string) => new Webhook(own)],
  ['a secret of one’s own', (own: string) => new Webhook(new TextEncoder().encode(own), { format: 'raw' })],
])('[W] a delivery that %s signs is verified by the library of Standard Webhooks', async (own, libraryFor) => {
  vi.useFakeTimers({ now: at, toFake: ['Date'] })
  const text = JSON.stringify({ type: 'message', seq: 1, data: { content: 'Grüße 👋' } })
  const id = '01JD:e1:1'
  const headers = await signedHeaders({ id, type: 'message', body: text, at, secret: own })
  const library = libraryFor(own)
  expect(library.verify(text, headers)).toEqual(JSON.parse(text))
  expect(() => library.verify(`${text} `, headers)).toThrow(WebhookVerificationError)
  expect(() => library.verify(text, { ...headers, 'webhook-id': '01JD:e1:2' })).toThrow(WebhookVerificationError)
  // And the other way round: what the library signs is genuine to ours.
  const signature = library.sign(id, new Date(at), text)
  const theirs = new Headers({ 'webhook-id': id, 'webhook-timestamp': `${at / 1000}`, 'webhook-signature': signature })
  expect(await verifyWebhook(own, { headers: theirs, body: text }, at)).toBe(true)
})
