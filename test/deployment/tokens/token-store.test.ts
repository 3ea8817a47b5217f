import { expect, test } from 'vitest'
import { TokenStore } from '../../../src/deployment/tokens/token-store.ts'
import { nodeSql } from '../../support/node-sql.ts'

const now = 1_000_000
const pass = { user: 'ada', channel: 'circle:dev', issued: now, expires: now + 60_000 } as const

test('[A6] a token counts until it is revoked, one issued later counts again, and nobody else’s is touched', () => {
  const passes = new TokenStore(nodeSql())
  const bob = { ...pass, user: 'bob' }
  expect(passes.use([pass, bob])).toEqual([true, true])
  passes.revoke('ada', now + 10)
  expect(passes.use([pass, { ...pass, issued: now + 11 }, bob])).toEqual([false, true, true])
})

test('[A6] every channel where a token may still be in use is owed the news until it has heard', () => {
  const sql = nodeSql()
  const passes = new TokenStore(sql)
  passes.use([
    pass,
    { ...pass, channel: 'workspace:acme' },
    { ...pass, channel: 'circle:long-ago', expires: now + 5 },
    { ...pass, user: 'bob' },
  ])
  passes.revoke('ada', now + 10)
  const owed = new TokenStore(sql).pendingRevocations() // an object that died in between knows it still
  expect(owed).toEqual([
    { user: 'ada', channel: 'circle:dev', before: now + 10 },
    { user: 'ada', channel: 'workspace:acme', before: now + 10 },
  ])
  for (const one of owed.slice(0, 1)) passes.confirm(one)
  expect(passes.pendingRevocations()).toEqual(owed.slice(1))
  passes.revoke('ada', now + 20)
  passes.confirm({ user: 'ada', channel: 'workspace:acme', before: now + 10 }) // late news settle no later revocation
  expect(passes.pendingRevocations().map(({ channel }) => channel)).toEqual(['circle:dev', 'workspace:acme'])
})

test('[A6] a token that ends later is remembered until then, one that ends earlier shortens nothing', () => {
  const passes = new TokenStore(nodeSql())
  passes.use([pass, { ...pass, expires: now + 90_000 }, { ...pass, expires: now + 5 }])
  passes.revoke('ada', now + 80_000)
  expect(passes.pendingRevocations()).toHaveLength(1)
})

test('[A6] tokens that ended are forgotten; revocations, and channels that have yet to hear of one, are not', () => {
  const passes = new TokenStore(nodeSql())
  passes.use([pass, { ...pass, channel: 'circle:deaf' }, { ...pass, user: 'bob', expires: now + 90_000 }])
  expect(passes.forget(now + 59_999)).toBe(true)
  passes.revoke('ada', now + 10)
  passes.confirm({ user: 'ada', channel: 'circle:dev', before: now + 10 })
  expect(passes.forget(now + 60_000)).toBe(true)
  expect(passes.pendingRevocations().map(({ channel }) => channel)).toEqual(['circle:deaf'])
  passes.confirm({ user: 'ada', channel: 'circle:deaf', before: now + 10 })
  expect(passes.forget(now + 90_000)).toBe(false)
  expect(passes.use([{ ...pass, expires: now + 100_000 }])).toEqual([false])
})
