import { expect, test } from 'vitest'
import { allowConnect, networkOfAddress } from '../../../src/http/sockets/connect-rate-limit.ts'
import { app } from '../../support/app.ts'
import { fakeChannels } from '../../support/fake-channels.ts'

/** Channels behind a rate limiter that refuses everything and records its keys. */
function limitedChannels() {
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

test('[E2] an address that upgrades too often must wait, and its token is not checked', async () => {
  const { env, seen, keys } = limitedChannels()
  const response = await app.fetch(from('192.0.2.7'), env)
  expect([response.status, response.headers.get('retry-after'), seen, keys]).toEqual([429, '60', [], ['192.0.2.7']])
})

test.each([null, '127.0.0.1', '::1'])('[E2] the address %s is not limited', async address => {
  const { env, keys } = limitedChannels()
  expect([await allowConnect(from(address), env), keys]).toEqual([true, []])
})

test('[E2] without the binding there is no limit', async () => {
  expect(await allowConnect(from('192.0.2.7'), fakeChannels().env)).toBe(true)
})
