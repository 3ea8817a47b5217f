import { expect, test } from 'vitest'
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
