import { expect, test } from 'vitest'
import { AllowanceStore, allowanceTables } from '../../../src/deployment/tokens/allowance-store.ts'
import { type Limits, limitsWith } from '../../../src/protocol/limits.ts'
import type { AllowanceDraw } from '../../../src/rpc/tokens.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { start } from '../../support/test-room.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
const midnight = start - (start % dayMs)

function aStore(limits: Partial<Limits>) {
  const sql = nodeSql()
  for (const statement of allowanceTables) sql.all(statement)
  const store = new AllowanceStore(sql, limitsWith(limits))
  const draw = (id: string, amount: number, now: number, more: Partial<AllowanceDraw> = {}) => {
    const one: AllowanceDraw = { account: 'ada', resource: 'turns', channel: 'circle:a', id, amount, ...more }
    return store.draw([one], now)[0]
  }
  return { sql, draw }
}

test('[E4] a draw that must be granted whole is granted if exactly so much is left, and nothing of it if less', () => {
  const { draw } = aStore({ turns_per_person_day: 20 })
  expect(draw('1', 21, midnight, { whole: true })).toMatchObject({ granted: 0 })
  expect(draw('2', 20, midnight, { whole: true })).toEqual({ granted: 20, retryAfterMs: 0 })
})

test('[E4] what was spent on one day does not count on the next', () => {
  const { draw } = aStore({ turns_per_person_day: 20 })
  expect(draw('1', 20, midnight)).toMatchObject({ granted: 20 })
  expect(draw('2', 20, midnight + dayMs - 1)).toEqual({ granted: 0, retryAfterMs: 1 })
  expect(draw('3', 20, midnight + dayMs)).toMatchObject({ granted: 20 })
})

test('[E4] a refused draw waits for the end of the limit that was too low, and not of one that suffices', () => {
  const { draw } = aStore({ bytes_per_person_minute: 5, bytes_per_person_day: 10 })
  expect(draw('1', 10, midnight, { resource: 'bytes' })).toEqual({ granted: 5, retryAfterMs: minuteMs })
  expect(draw('2', 10, midnight + minuteMs, { resource: 'bytes' })).toEqual({
    granted: 5,
    retryAfterMs: dayMs - minuteMs,
  })
})

test('[E4] what no longer counts is deleted once a day; a draw is recognised for two days', () => {
  const { sql, draw } = aStore({ turns_per_person_day: 20, channels_per_person_day: 20 })
  draw('1', 5, midnight)
  draw('1', 5, midnight, { account: 'bob' })
  expect(draw('1', 5, midnight + dayMs)).toEqual({ granted: 5, retryAfterMs: 0 })
  expect(sql.all(`SELECT account FROM spent`)).toEqual([]) // and the repeat was not counted
  expect(sql.all(`SELECT account FROM draws`)).toHaveLength(2)
  draw('2', 5, midnight + 2 * dayMs + 1, { channel: 'circle:b' })
  expect(sql.all(`SELECT id FROM draws`)).toEqual([{ id: '2' }])
})
