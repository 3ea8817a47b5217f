import { expect, test } from 'vitest'
import { zeroChannelCounts } from '../../../src/deployment/stats/counts.ts'
import { StatsStore } from '../../../src/deployment/stats/stats-store.ts'
import type { Sql } from '../../../src/lib/sql.ts'
import { zeroCounts } from '../../../src/protocol/cost/compute.ts'
import type { ChannelCounts } from '../../../src/protocol/stats.ts'
import type { ChannelReport } from '../../../src/rpc/stats.ts'
import { nodeSql } from '../../support/node-sql.ts'

const start = Date.UTC(2026, 10, 21, 9)

function report(name: string, tally: string, sessions: number, counts: Partial<ChannelCounts> = {}): ChannelReport {
  const channel = `circle:${name}` as const
  const billed = { ...zeroCounts(), messages: counts.messages ?? 0 }
  return {
    channel,
    tally,
    sessions,
    turns_running: 0,
    turns_waiting: 0,
    counts: { ...zeroChannelCounts(), ...counts },
    billed,
  }
}

/** Counts the rows written. */
function countWrites(sql: Sql): Sql & { writes: number } {
  const counting = {
    writes: 0,
    all: ((statement: string, ...values: []) => {
      if (!/^\s*SELECT/.test(statement)) counting.writes += 1
      return sql.all(statement, ...values)
    }) as Sql['all'],
    tuples: sql.tuples.bind(sql),
    transaction: sql.transaction.bind(sql),
  }
  return counting
}

test('[W] reports are added up, and the channels with the most sockets are listed', () => {
  const stats = new StatsStore(nodeSql(), start)
  stats.report(report('a', 'a1', 2, { messages: 3, refusals: { empty: 1 }, turns: { answered: 2 } }), start + 1)
  stats.report(report('b', 'b1', 5, { messages: 4, refusals: { empty: 1, rate_limited: 7 } }), start + 2)
  stats.report(report('c', 'c1', 2), start + 3)
  const { counts, top, ...rest } = stats.snapshot(2, start + 5)
  expect(rest).toEqual({
    at: '2026-11-21T09:00:00.005Z',
    since: '2026-11-21T09:00:00.000Z',
    channels: 3,
    sessions: 9,
    turns_running: 0,
    turns_waiting: 0,
    billed: { ...zeroCounts(), messages: 7 },
  })
  expect(counts).toEqual({
    ...zeroChannelCounts(),
    messages: 7,
    refusals: { empty: 2, rate_limited: 7 },
    turns: { answered: 2 },
  })
  expect(top.map(({ channel, sessions }) => [channel, sessions])).toEqual([
    ['circle:b', 5],
    ['circle:c', 2],
  ])
})

test('[W] a report replaces the last one of the same counters; new counters are added', () => {
  const stats = new StatsStore(nodeSql(), start)
  const messages = () => stats.snapshot(1, start).counts.messages
  stats.report(report('a', 'a1', 1, { messages: 3 }), start)
  stats.report(report('a', 'a1', 1, { messages: 5 }), start)
  stats.report(report('a', 'a1', 1, { messages: 5 }), start)
  expect(messages()).toBe(5)
  stats.report(report('a', 'a2', 1, { messages: 1 }), start)
  expect(messages()).toBe(6)
})

test('[W] a row is written when sessions change, and for counts alone once a minute', () => {
  const sql = countWrites(nodeSql())
  const stats = new StatsStore(sql, start)
  stats.report(report('a', 'a1', 1), start)
  sql.writes = 0
  for (let second = 10; second < 60; second += 10) {
    stats.report(report('a', 'a1', 1, { messages: second }), start + second * 1_000)
  }
  expect(sql.writes).toBe(0)
  stats.report(report('a', 'a1', 2, { messages: 60 }), start + 59_000)
  expect(sql.writes).toBe(1)
  stats.report(report('a', 'a1', 2, { messages: 61 }), start + 119_000)
  expect(sql.writes).toBe(2)
})

test('[W] figures survive a wake-up, and a lost count is in the next report of the same counters', () => {
  const sql = nodeSql()
  const stats = new StatsStore(sql, start)
  stats.report(report('a', 'a1', 1, { messages: 3 }), start)
  stats.report(report('a', 'a1', 1, { messages: 9 }), start + 1) // not written
  const woken = new StatsStore(sql, start + 60_000)
  expect(woken.snapshot(1, start).counts.messages).toBe(3)
  expect(woken.snapshot(1, start).since).toBe('2026-11-21T09:00:00.000Z')
  woken.report(report('a', 'a1', 1, { messages: 9 }), start + 2)
  expect(woken.snapshot(1, start).counts.messages).toBe(9)
})

test('[W] the counts of a deleted channel stay in the totals', () => {
  const sql = nodeSql()
  const stats = new StatsStore(sql, start)
  stats.report(report('a', 'a1', 1, { messages: 3 }), start)
  stats.forget('circle:a')
  stats.forget('circle:nobody')
  for (const now of [stats, new StatsStore(sql, start)]) {
    const { channels, sessions, counts } = now.snapshot(1, start)
    expect([channels, sessions, counts.messages]).toEqual([0, 0, 3])
  }
})

test('[W] at most 2,000 channels are kept, and the sum of the others', () => {
  const stats = new StatsStore(nodeSql(), start)
  for (let index = 0; index < 2_100; index++) {
    stats.report(report(`c${index}`, 't', index % 21 === 0 ? 1 : 0, { messages: 1 }), start + index * 1_000)
  }
  const { channels, sessions, counts } = stats.snapshot(1, start)
  expect([channels, sessions, counts.messages]).toEqual([2_000, 100, 2_100])
})
