import { expect, test } from 'vitest'
import { TokenStore } from '../../../src/deployment/tokens/token-store.ts'
import { nodeSql } from '../../support/node-sql.ts'

const now = 1_000_000
const token = { user: 'ada', channel: 'circle:dev', issued: now, expires: now + 60_000 } as const

test('[A6] a token is valid until it is revoked; later tokens and those of other users are not affected', () => {
  const store = new TokenStore(nodeSql())
  const bob = { ...token, user: 'bob' }
  expect(store.use([token, bob])).toEqual([true, true])
  store.revoke('ada', now + 10)
  expect(store.use([token, { ...token, issued: now + 11 }, bob])).toEqual([false, true, true])
})

test('[A6] a revocation stays pending for every channel that may still use a token until it is confirmed', () => {
  const sql = nodeSql()
  const store = new TokenStore(sql)
  store.use([
    token,
    { ...token, channel: 'workspace:acme' },
    { ...token, channel: 'circle:long-ago', expires: now + 5 },
    { ...token, user: 'bob' },
  ])
  store.revoke('ada', now + 10)
  const pending = new TokenStore(sql).pendingRevocations() // it survives a restart of the object
  expect(pending).toEqual([
    { user: 'ada', channel: 'circle:dev', before: now + 10 },
    { user: 'ada', channel: 'workspace:acme', before: now + 10 },
  ])
  for (const revocation of pending.slice(0, 1)) store.confirm(revocation)
  expect(store.pendingRevocations()).toEqual(pending.slice(1))
  store.revoke('ada', now + 20)
  store.confirm({ user: 'ada', channel: 'workspace:acme', before: now + 10 }) // a late confirmation does not settle a later revocation
  expect(store.pendingRevocations().map(({ channel }) => channel)).toEqual(['circle:dev', 'workspace:acme'])
})

test('[A6] a use is kept until the last of its tokens expires', () => {
  const store = new TokenStore(nodeSql())
  store.use([token, { ...token, expires: now + 90_000 }, { ...token, expires: now + 5 }])
  store.revoke('ada', now + 80_000)
  expect(store.pendingRevocations()).toHaveLength(1)
})

test('[A6] expired tokens are deleted; revocations and pending notifications are not', () => {
  const store = new TokenStore(nodeSql())
  store.use([token, { ...token, channel: 'circle:offline' }, { ...token, user: 'bob', expires: now + 90_000 }])
  expect(store.deleteExpired(now + 59_999)).toBe(true)
  store.revoke('ada', now + 10)
  store.confirm({ user: 'ada', channel: 'circle:dev', before: now + 10 })
  expect(store.deleteExpired(now + 60_000)).toBe(true)
  expect(store.pendingRevocations().map(({ channel }) => channel)).toEqual(['circle:offline'])
  store.confirm({ user: 'ada', channel: 'circle:offline', before: now + 10 })
  expect(store.deleteExpired(now + 90_000)).toBe(false)
  expect(store.use([{ ...token, expires: now + 100_000 }])).toEqual([false])
})
