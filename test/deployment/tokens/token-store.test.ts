import { expect, test } from 'vitest'
import { clockToleranceMs as ahead } from '../../../src/auth/verify-jwt.ts'
import { maxChannels, revocationPauseMs, TokenStore, tokenSchema } from '../../../src/deployment/tokens/token-store.ts'
import { migrate } from '../../../src/lib/migrations.ts'
import { nodeSql } from '../../support/node-sql.ts'

const now = 1_000_000
const token = { user: 'ada', channel: 'circle:dev', issued: now, expires: now + 60_000 } as const

test('[A6] a token is valid until it is revoked; later tokens and those of other users are not affected', () => {
  const store = new TokenStore(nodeSql())
  const bob = { ...token, user: 'bob' }
  expect(store.use([token, bob], now)).toEqual([true, true])
  store.revoke('ada', now + 10)
  const later = { ...token, issued: now + 11 + ahead }
  expect(store.use([token, { ...later, issued: now + 10 + ahead }, later, bob], now)).toEqual([
    false,
    false,
    true,
    true,
  ])
})

test('[A6] a revocation stays pending for every channel that may still use a token until it is confirmed', () => {
  const sql = nodeSql()
  const store = new TokenStore(sql)
  store.use(
    [
      token,
      { ...token, channel: 'workspace:acme' },
      { ...token, channel: 'circle:long-ago', expires: now + 5 },
      { ...token, user: 'bob' },
    ],
    now,
  )
  store.revoke('ada', now + 10)
  const pending = new TokenStore(sql).pendingRevocations() // it survives a restart of the object
  expect(pending).toEqual([
    { user: 'ada', channel: 'circle:dev', before: now + 10 + ahead, jurisdiction: null },
    { user: 'ada', channel: 'workspace:acme', before: now + 10 + ahead, jurisdiction: null },
  ])
  for (const revocation of pending.slice(0, 1)) store.confirm(revocation, true)
  expect(store.pendingRevocations()).toEqual(pending.slice(1))
  store.revoke('ada', now + 10 + revocationPauseMs)
  store.confirm({ user: 'ada', channel: 'workspace:acme', before: now + 10 + ahead }, true) // a late confirmation does not settle a later revocation
  expect(store.pendingRevocations().map(({ channel }) => channel)).toEqual(['circle:dev', 'workspace:acme'])
})

test('[A6] a use is kept until the last of its tokens expires', () => {
  const store = new TokenStore(nodeSql())
  store.use([token, { ...token, expires: now + 90_000 }, { ...token, expires: now + 5 }], now)
  store.revoke('ada', now + 80_000)
  expect(store.pendingRevocations()).toHaveLength(1)
})

test('[A6] expired tokens are deleted; revocations and pending notifications are not', () => {
  const store = new TokenStore(nodeSql())
  store.use([token, { ...token, channel: 'circle:offline' }, { ...token, user: 'bob', expires: now + 90_000 }], now)
  expect(store.deleteExpired(now + 59_999)).toBe(true)
  store.revoke('ada', now + 10)
  store.confirm({ user: 'ada', channel: 'circle:dev', before: now + 10 + ahead }, true)
  expect(store.deleteExpired(now + 60_000)).toBe(true)
  expect(store.pendingRevocations().map(({ channel }) => channel)).toEqual(['circle:offline'])
  store.confirm({ user: 'ada', channel: 'circle:offline', before: now + 10 + ahead }, true)
  expect(store.deleteExpired(now + 90_000)).toBe(false)
  expect(store.use([{ ...token, expires: now + 100_000 }], now)).toEqual([false])
})

test('[A6] a request over HTTP is checked but not recorded', () => {
  const store = new TokenStore(nodeSql())
  const asked = { ...token, channel: 'deployment:users', opens: false } as const
  expect(store.use([asked], now)).toEqual([true])
  expect(store.revoke('ada', now)).toEqual({ at: now + ahead, channels: 0 })
  expect(store.use([asked], now)).toEqual([false])
})

test('[A6] the tokens of a user open sockets in so many channels as a revocation can visit, until they expire', () => {
  const store = new TokenStore(nodeSql())
  const inChannel = (index: number) => ({ ...token, channel: `circle:c${index}` as const })
  const used = Array.from({ length: maxChannels }, (_, index) => inChannel(index))
  expect(new Set(store.use(used, now))).toEqual(new Set([true]))
  expect(store.use([inChannel(maxChannels), inChannel(0), { ...token, user: 'bob' }], now)).toEqual([
    'full',
    true,
    true,
  ])
  const later = { ...token, expires: now + 120_000 }
  expect(store.use([later], now + 60_000)).toEqual([true]) // the others have expired
})

test('[A6] a user is revoked again only after a pause, and then only where something was opened since', () => {
  const store = new TokenStore(nodeSql())
  store.use([token, { ...token, channel: 'circle:kept' }, { ...token, channel: 'circle:back' }], now)
  expect(store.revoke('ada', now + 10)).toMatchObject({ channels: 3 })
  const back = { ...token, channel: 'circle:back', issued: now + 10 + ahead + 1 } as const
  expect(store.use([back], now + 11)).toEqual([true]) // opened again before the channel was notified
  for (const revocation of store.pendingRevocations()) store.confirm(revocation, revocation.channel === 'circle:kept')
  expect(store.revoke('ada', now + 9 + revocationPauseMs)).toEqual({ retryAfterMs: 1 })
  expect(store.revoke('bob', now + 11)).toMatchObject({ channels: 0 }) // each user has a pause of their own
  expect(store.revoke('ada', now + 10 + revocationPauseMs)).toMatchObject({ channels: 2 })
  expect(store.pendingRevocations().map(({ channel }) => channel)).toEqual(['circle:back', 'circle:kept'])
})

test('[A6] channels where sockets opened last are notified first', () => {
  const store = new TokenStore(nodeSql())
  for (const [index, name] of ['zz', 'aa', 'mm'].entries()) {
    store.use([{ ...token, channel: `circle:${name}` }], now + index)
  }
  store.revoke('ada', now + 10)
  expect(store.pendingRevocations('ada').map(({ channel }) => channel)).toEqual(['circle:mm', 'circle:aa', 'circle:zz'])
})

test('a store of an older version opens with its rows', () => {
  const sql = nodeSql()
  migrate(sql, tokenSchema.slice(0, 1))
  sql.all(`INSERT INTO passes (user, channel, until, owed) VALUES ('ada', 'circle:dev', ?1, NULL)`, now + 60_000)
  const store = new TokenStore(sql)
  expect(store.use([token], now)).toEqual([true])
  expect(store.revoke('ada', now + 10)).toMatchObject({ channels: 1 })
})

test('a store from before codes were redeemed keeps its rows, and redeems each code once', () => {
  const sql = nodeSql()
  migrate(sql, tokenSchema.slice(0, 3))
  sql.all(`INSERT INTO revoked (user, at) VALUES ('ada', ?1)`, now + 10)
  const store = new TokenStore(sql)
  expect(store.use([token], now)).toEqual([false])
  expect(store.redeem('code', now + 60_000, now)).toBe(true)
  expect(new TokenStore(sql).redeem('code', now + 60_000, now + 1)).toBe(false)
  expect(store.redeem('another', now + 60_000, now)).toBe(true)
})

test('[A6] a channel’s jurisdiction is kept, since it is part of its object’s id', () => {
  const sql = nodeSql()
  migrate(sql, tokenSchema.slice(0, -1)) // as it was before
  sql.all(`INSERT INTO passes (user, channel, until) VALUES ('ada', 'circle:dev', ?1)`, now + 60_000)
  const store = new TokenStore(sql)
  store.use([{ ...token, channel: 'circle:eu-dev', jurisdiction: 'eu' }], now)
  store.revoke('ada', now + 10)
  expect(store.pendingRevocations()).toMatchObject([
    { channel: 'circle:eu-dev', jurisdiction: 'eu' },
    { channel: 'circle:dev', jurisdiction: null },
  ])
})
