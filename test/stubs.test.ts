import { expect, test } from 'vitest'
import { batchedTokenClient, stubFor } from '../src/deployment/tokens/clients.ts'
import type { Env } from '../src/env.ts'
import { createApp } from '../src/http/app.ts'
import { builtinTables } from '../src/protocol/tables.ts'
import type { TokenRecord } from '../src/rpc/tokens.ts'
import { channelStub, directoryStub, placer } from '../src/stubs.ts'
import { openHere } from './support/fake-channels.ts'

/** Namespaces that record which objects are asked for. workerd does not implement jurisdictions. */
function fakeNamespaces() {
  const asked: unknown[][] = []
  const stub = {
    ask: async () => null,
    show: async (tokens: TokenRecord[]) => {
      asked.push(tokens)
      return tokens.map(() => true)
    },
    serve: async () => ({ refused: { code: 'conflict', message: 'It exists.' } }),
  }
  const namespace = (...path: string[]) => ({
    getByName: (name: string, options: object = {}) => {
      asked.push([...path, name, ...(Object.keys(options).length > 0 ? [options] : [])])
      return stub
    },
    jurisdiction: (jurisdiction: string) => namespace(...path, jurisdiction),
  })
  const names = ['CIRCLES', 'WORKSPACES', 'AGENT_CHANNELS', 'PASSES', 'REGISTER']
  const env = { ...openHere, LOG: 'off', ...Object.fromEntries(names.map(name => [name, namespace(name)])) }
  return { env: env as unknown as Env, asked }
}

const place = placer({ jurisdiction: name => (name.startsWith('eu-') ? 'eu' : null) })

test('a channel is in the jurisdiction that its name has, and nothing else is in any', () => {
  const { env, asked } = fakeNamespaces()
  const placed = place(env)
  channelStub(placed, { kind: 'circle', name: 'eu-dev' })
  channelStub(placed, { kind: 'workspace', name: 'eu-repo' })
  channelStub(placed, { kind: 'circle', name: 'dev' })
  directoryStub(placed)
  expect(asked).toEqual([
    ['CIRCLES', 'eu', 'eu-dev'],
    ['WORKSPACES', 'eu', 'eu-repo'],
    ['CIRCLES', 'dev'],
    ['REGISTER', 'circles'],
  ])
})

test('an environment is placed once, and stays as it is without a function', () => {
  const { env } = fakeNamespaces()
  expect(place(env)).toBe(place(env))
  expect(placer({})(env)).toBe(env)
})

test('every request reaches the channel in its jurisdiction', async () => {
  const { env, asked } = fakeNamespaces()
  const app = createApp(builtinTables)
  const get = (path: string) => app.fetch(new Request(`https://circles.test${path}`), place(env))
  await get('/api/circles/eu-dev/events')
  await get('/api/circles/dev/events')
  expect(asked).toEqual([
    ['CIRCLES', 'eu', 'eu-dev'],
    ['CIRCLES', 'dev'],
  ])
})

test('a region is a hint for the request that creates a circle, and for no other', async () => {
  const { env, asked } = fakeNamespaces()
  const body = JSON.stringify({ name: 'eu-dev', region: 'weur' })
  const headers = { 'content-type': 'application/json' }
  const app = createApp(builtinTables)
  await app.fetch(new Request('https://circles.test/api/circles', { method: 'POST', headers, body }), place(env))
  await app.fetch(new Request('https://circles.test/api/circles/eu-dev/events'), place(env))
  expect(asked).toEqual([
    ['CIRCLES', 'eu', 'eu-dev', { locationHint: 'weur' }],
    ['CIRCLES', 'eu', 'eu-dev'],
  ])
})

test('[A6] a revocation finds a channel by the jurisdiction that the channel reported', async () => {
  const { env, asked } = fakeNamespaces()
  const token: TokenRecord = { user: 'ada', channel: 'circle:eu-dev', issued: 0, expires: 1 }
  await batchedTokenClient(env, 'eu')(token)
  await batchedTokenClient(env)({ ...token, channel: 'circle:dev' })
  expect(asked.flat().filter(one => typeof one === 'object')).toEqual([
    { ...token, jurisdiction: 'eu' },
    { ...token, channel: 'circle:dev' },
  ])
  asked.length = 0
  stubFor(env, { user: 'ada', channel: 'circle:eu-dev', jurisdiction: 'eu' })
  stubFor(env, { user: 'ada', channel: 'circle:dev' })
  expect(asked).toEqual([
    ['CIRCLES', 'eu', 'eu-dev'],
    ['CIRCLES', 'dev'],
  ])
})

test.each([
  ['Jurisdiction restrictions are not implemented in workerd.', 'stub'],
  ['Invalid jurisdiction.', 'Invalid jurisdiction.'],
])('a namespace that answers %s', (message, expected) => {
  const namespace = {
    getByName: () => 'stub',
    jurisdiction: () => {
      throw new Error(message)
    },
  }
  const env = place({ CIRCLES: namespace } as unknown as Env)
  const open = () => {
    try {
      return channelStub(env, { kind: 'circle', name: 'eu-dev' })
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(open()).toBe(expected)
})
