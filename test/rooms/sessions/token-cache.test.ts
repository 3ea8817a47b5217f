import { expect, test } from 'vitest'
import type { Principal } from '../../../src/auth/principal.ts'
import { TokenStore } from '../../../src/deployment/tokens/token-store.ts'
import { TokenCache } from '../../../src/rooms/sessions/token-cache.ts'
import { nodeSql } from '../../support/node-sql.ts'

const hour = 3_600_000
const ada = (issued: number, expires = issued + hour): Principal => {
  return { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires, issued }
}

/** A channel's memory, with the object behind it that knows tokens. */
function aChannel() {
  const passes = new TokenStore(nodeSql())
  const asked: number[] = []
  const shown = new TokenCache('circle:dev', async pass => {
    asked.push(pass.issued)
    return passes.use([pass])[0] === true
  })
  const revoke = (now: number) => {
    passes.revoke('ada', now)
    for (const { before } of passes.pendingRevocations()) shown.revoke('ada', before)
  }
  return { shown, asked, revoke, passes }
}

test('[A5] who comes back with a token that was shown is not asked about again', async () => {
  const { shown, asked } = aChannel()
  for (let visit = 0; visit < 3; visit++) expect(await shown.isValid(ada(1_000))).toBe(true)
  expect(await shown.isValid(ada(2_000, 1_000 + hour))).toBe(true) // issued later, and it ends no later
  expect(asked).toEqual([1_000])
})

test('[A5] a token that ends later is shown, so that its channel hears of a revocation until then', async () => {
  const { shown, asked, passes } = aChannel()
  await shown.isValid(ada(1_000))
  await shown.isValid(ada(1_000, 1_000 + 2 * hour))
  passes.revoke('ada', 1_000 + hour + 1)
  expect([asked.length, passes.pendingRevocations()]).toEqual([
    2,
    [{ user: 'ada', channel: 'circle:dev', before: 1_000 + hour + 1 }],
  ])
})

test('[A5] after a revocation the old token is refused and a new one is good', async () => {
  const { shown, asked, revoke } = aChannel()
  await shown.isValid(ada(1_000))
  revoke(5_000)
  expect(await shown.isValid(ada(1_000))).toBe(false)
  expect(await shown.isValid(ada(5_000))).toBe(false)
  expect(await shown.isValid(ada(5_001))).toBe(true)
  expect(asked).toEqual([1_000, 5_001])
})

test('[A5] that a newer token is good says nothing of an older one', async () => {
  const { shown, passes } = aChannel()
  passes.revoke('ada', 5_000) // before this channel was born: it never hears of it
  expect(await shown.isValid(ada(6_000, 9 * hour))).toBe(true)
  expect(await shown.isValid(ada(1_000))).toBe(false)
})

test('[A5] a revocation that comes while the channel asks is not overheard', async () => {
  const shown: TokenCache = new TokenCache('circle:dev', async () => {
    shown.revoke('ada', 5_000) // it was shown, then revoked, and the answer is still on its way
    return true
  })
  expect(await shown.isValid(ada(1_000))).toBe(false)
  expect(await shown.isValid(ada(1_000))).toBe(false)
})

test('guests have no token, and cost no question', async () => {
  const { shown, asked } = aChannel()
  expect(await shown.isValid({ id: 'guest:x', name: 'X', kind: 'guest', role: 'member', expires: null })).toBe(true)
  expect(await shown.isValid(null)).toBe(true)
  expect(asked).toEqual([])
})
