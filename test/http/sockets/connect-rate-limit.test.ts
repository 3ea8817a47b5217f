import { expect, test } from 'vitest'
import { app } from '../../../src/http/app.ts'
import { allowConnect, networkOfAddress } from '../../../src/http/sockets/connect-rate-limit.ts'
import { fakeChannels } from '../../support/fake-channels.ts'

/** A limiter that lets nobody in, and remembers whom it was asked about. */
function strict() {
  const keys: string[] = []
  const limit = async ({ key }: { key: string }) => {
    keys.push(key)
    return { success: false }
  }
  const channels = fakeChannels()
  return { ...channels, env: { ...channels.env, UPGRADES: { limit } }, keys }
}
const from = (address: string | null) =>
  new Request('https://circles.test/ws/circles/a', {
    headers: { upgrade: 'websocket', ...(address !== null && { 'cf-connecting-ip': address }) },
  })

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['2001:db8::', '2001:db8:0:0'],
  ['::6', '0:0:0:0'],
])('[E2] the address %s is counted as %s', (address, network) => {
  expect(networkOfAddress(address)).toBe(network)
})

test('[E2] an address that knocks too often is told to wait, before anybody looks at its token', async () => {
  const { env, seen, keys } = strict()
  const response = await app.fetch(from('192.0.2.7'), env)
  expect([response.status, response.headers.get('retry-after'), seen, keys]).toEqual([429, '60', [], ['192.0.2.7']])
})

test.each([null, '127.0.0.1', '::1'])('[E2] nobody counts the address %s', async address => {
  const { env, keys } = strict()
  expect([await allowConnect(from(address), env), keys]).toEqual([true, []])
})

test('[E2] without the binding nobody counts', async () => {
  expect(await allowConnect(from('192.0.2.7'), fakeChannels().env)).toBe(true)
})
