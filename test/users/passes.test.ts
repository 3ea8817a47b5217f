import { expect, test } from 'vitest'
import { Passes } from '../../src/users/passes.ts'
import { nodeSql } from '../support/node-sql.ts'

const now = 1_000_000
const pass = { channel: 'circle:dev', issued: now, expires: now + 60_000 } as const

test('[A6] a token counts until it is revoked, one issued later counts again', () => {
  const passes = new Passes(nodeSql())
  expect(passes.show(pass)).toBe(true)
  passes.revoke(now + 10)
  expect([passes.show(pass), passes.show({ ...pass, issued: now + 11 })]).toEqual([false, true])
})

test('[A6] every channel where a token may still be in use is owed the news until it has heard', () => {
  const sql = nodeSql()
  const passes = new Passes(sql)
  passes.show(pass)
  passes.show({ ...pass, channel: 'workspace:acme' })
  passes.show({ ...pass, channel: 'circle:long-ago', expires: now + 5 })
  passes.revoke(now + 10)
  const owed = new Passes(sql).owed() // an object that died in between knows it still
  expect(owed).toEqual([
    { channel: 'circle:dev', before: now + 10 },
    { channel: 'workspace:acme', before: now + 10 },
  ])
  for (const one of owed.slice(0, 1)) passes.told(one)
  expect(passes.owed()).toEqual(owed.slice(1))
  passes.revoke(now + 20)
  passes.told({ channel: 'workspace:acme', before: now + 10 }) // late news of the first do not settle the second
  expect(passes.owed().map(({ channel }) => channel)).toEqual(['circle:dev', 'workspace:acme'])
})
