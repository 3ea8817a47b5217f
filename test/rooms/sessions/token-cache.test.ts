import { expect, test } from 'vitest'
import type { Principal } from '../../../src/auth/principal.ts'
import { clockToleranceMs } from '../../../src/auth/verify-jwt.ts'
import { TokenStore } from '../../../src/deployment/tokens/token-store.ts'
import { TokenCache, tokenRevoked } from '../../../src/rooms/sessions/token-cache.ts'
import { nodeSql } from '../../support/node-sql.ts'

const hour = 3_600_000
const now = 1_000
const ahead = clockToleranceMs
const ada = (issued: number, expires = issued + hour): Principal => {
  return { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires, issued }
}

/** The token cache of a channel, and the store of tokens behind it. */
function newCache() {
  const store = new TokenStore(nodeSql())
  const checked: number[] = []
  const cache = new TokenCache('circle:dev', async token => {
    checked.push(token.issued)
    return store.use([token], now)[0] ?? false
  })
  const revoke = (now: number) => {
    store.revoke('ada', now)
    for (const { before } of store.pendingRevocations()) cache.revoke('ada', before)
  }
  return { cache, checked, revoke, store }
}

test('[A5] a token that was checked is not checked again', async () => {
  const { cache, checked } = newCache()
  for (let connect = 0; connect < 3; connect++) expect(await cache.refusalOf(ada(1_000))).toBeNull()
  expect(await cache.refusalOf(ada(2_000, 1_000 + hour))).toBeNull() // issued later, and expires no later
  expect(checked).toEqual([1_000])
})

test('[A5] a token that expires later is checked, so that its channel receives revocations until then', async () => {
  const { cache, checked, store } = newCache()
  await cache.refusalOf(ada(1_000))
  await cache.refusalOf(ada(1_000, 1_000 + 2 * hour))
  store.revoke('ada', 1_000 + hour + 1)
  expect([checked.length, store.pendingRevocations()]).toEqual([
    2,
    [{ user: 'ada', channel: 'circle:dev', jurisdiction: null, before: 1_000 + hour + 1 + ahead }],
  ])
})

test('[A5] after a revocation the old token is refused and a new one is valid', async () => {
  const { cache, checked, revoke } = newCache()
  await cache.refusalOf(ada(1_000))
  revoke(5_000)
  expect(await cache.refusalOf(ada(1_000))).toBe(tokenRevoked)
  expect(await cache.refusalOf(ada(5_000 + ahead))).toBe(tokenRevoked)
  expect(await cache.refusalOf(ada(5_001 + ahead))).toBeNull()
  expect(checked).toEqual([1_000, 5_001 + ahead])
})

test('[A5] a valid newer token does not make an older one valid', async () => {
  const { cache, store } = newCache()
  store.revoke('ada', 5_000) // before this channel existed: it never receives the revocation
  expect(await cache.refusalOf(ada(6_000 + ahead, 9 * hour))).toBeNull()
  expect(await cache.refusalOf(ada(1_000))).toBe(tokenRevoked)
})

test('[A5] a revocation during a check is not missed', async () => {
  const cache: TokenCache = new TokenCache('circle:dev', async () => {
    cache.revoke('ada', 5_000) // revoked after the check, before its result arrived
    return true
  })
  expect(await cache.refusalOf(ada(1_000))).toBe(tokenRevoked)
  expect(await cache.refusalOf(ada(1_000))).toBe(tokenRevoked)
})

test('guests have no token and cost no check', async () => {
  const { cache, checked } = newCache()
  expect(await cache.refusalOf({ id: 'guest:x', name: 'X', kind: 'guest', role: 'member', expires: null })).toBeNull()
  expect(checked).toEqual([])
})
