import { describe, expect, test } from 'vitest'
import { first } from '../../../src/lib/sql.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { randomChoices, seeds } from '../../support/random.ts'
import { modes, TestRoom } from '../../support/test-room.ts'

const fast = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9 }
const summed = ({ sql }: TestRoom) =>
  first<{ bytes: number }>(sql, `SELECT coalesce(sum(octet_length(data)), 0) AS bytes FROM events`)?.bytes
const sizeOf = ({ room }: TestRoom) => room.context.log.bytes

describe.each(modes)('$mode', ({ hibernates }) => {
  test.each(seeds(4))('[L6] the size of a log is always that of its events (seed %i)', seed => {
    const { roll, pick, chance } = randomChoices(seed)
    const room = new TestRoom({ hibernates, limits: fast })
    const olga = room.open('olga', { role: 'owner' })
    const log = () => room.room.context.log
    const acts = [
      () => room.sendMessage(olga, pick(['x', 'é', '漢', '😀', '"\\']).repeat(1 + roll(1_000))),
      () => room.command(olga, 'edit', { seq: 1 + roll(log().head), content: 'é'.repeat(1 + roll(500)) }),
      () => room.command(olga, 'delete', { seq: 1 + roll(log().head) }),
      () => log().trim(log().earliest + roll(5)),
      () => (chance(0.5) ? room.crash() : room.hibernate()),
    ]
    for (let step = 0; step < 200; step++) {
      if (!room.room.context.sessions.has(olga.id)) Object.assign(olga, room.open('olga', { role: 'owner' }))
      if (log().head === 0) acts[0]?.()
      pick(acts)()
      expect(sizeOf(room)).toBe(summed(room))
    }
  })

  test('[L6] retention by size: the oldest go when the log is a tenth too large, never the newest', () => {
    const room = new TestRoom({ hibernates, limits: { ...fast, retention_bytes: 100_000 } })
    const olga = room.open('olga', { role: 'owner' })
    const send = () => room.sendMessage(olga, 'é'.repeat(5_000)) // about 10,100 bytes
    for (let n = 0; n < 10; n++) send()
    expect([room.room.nextAlarm() === 0, room.room.context.log.earliest]).toEqual([false, 1])
    send()
    expect(room.room.nextAlarm()).toBe(0)
    room.advance(0)
    expect(room.room.context.log.earliest).toBe(3)
    expect(sizeOf(room)).toBeLessThanOrEqual(100_000)
    expect(sizeOf(room)).toBe(summed(room))
    const keep = new TestRoom({ hibernates, limits: { ...fast, retention_bytes: 1_000 } })
    const adam = keep.open('adam')
    for (let n = 0; n < 3; n++) keep.sendMessage(adam, 'x'.repeat(30_000))
    keep.advance(0)
    expect([keep.room.context.log.earliest, keep.room.context.log.head]).toEqual([3, 3])
    expect(keep.room.nextAlarm()).not.toBe(0)
    keep.sendMessage(adam, 'small')
    keep.advance(0)
    expect([keep.room.context.log.earliest, keep.room.context.log.head]).toEqual([4, 4])
  })

  test('[L6] an owner can lower the size, but not raise it; other limits do not lift it', () => {
    const room = new TestRoom({ hibernates, limits: { ...fast, retention_bytes: 2_000_000 } })
    const olga = room.open('olga', { role: 'owner' })
    const fill = () => {
      for (let n = 0; n < 100; n++) room.sendMessage(olga, 'x'.repeat(30_000))
      room.advance(0)
    }
    room.command(olga, 'configure', { retention: { bytes: 1_000_000 } })
    fill()
    expect(sizeOf(room)).toBeLessThan(1_100_000)
    for (const retention of [{ bytes: 8_000_000_000 }, {}, { days: 36_500 }]) {
      room.command(olga, 'configure', { retention })
      fill()
      expect(sizeOf(room)).toBeLessThan(2_200_000)
      expect(sizeOf(room)).toBeGreaterThan(1_800_000)
    }
  })
})

test('[L6] the log of an older version is counted by the alarm, a part at a time', () => {
  const sql = nodeSql()
  const room = new TestRoom({ sql, limits: { ...fast, retention_bytes: 1_000_000 } })
  const ada = room.open('ada')
  for (let n = 0; n < 12_000; n++) room.sendMessage(ada, 'x'.repeat(100))
  sql.all(`DELETE FROM settings WHERE key = 'log_size'`)
  room.crash()
  expect(room.room.context.log.isCounted).toBe(false)
  const bob = room.open('bob')
  room.sendMessage(bob, 'meanwhile')
  room.crash()
  room.advance(0)
  expect([room.room.context.log.isCounted, sizeOf(room)]).toEqual([true, summed(room)])
  expect(sizeOf(room)).toBeLessThan(1_100_000)
})

test('[L6] [L8] the size costs no statement per message, and a row per megabyte', () => {
  let statements: string[] = []
  const { all, tuples, transaction } = nodeSql()
  const room = new TestRoom({
    limits: fast,
    sql: {
      all: (statement, ...values) => {
        statements.push(statement)
        return all(statement, ...values)
      },
      tuples: (statement, ...values) => {
        statements.push(statement)
        return tuples(statement, ...values)
      },
      transaction,
    },
  })
  const ada = room.open('ada')
  room.sendMessage(ada, 'first')
  statements = []
  for (let n = 0; n < 100; n++) room.sendMessage(ada, 'x'.repeat(1_000))
  expect(statements.length).toBe(100)
  for (let n = 0; n < 1_000; n++) room.sendMessage(ada, 'x'.repeat(1_900))
  expect(statements.filter(statement => !statement.startsWith('INSERT INTO events'))).toEqual([
    expect.stringContaining('INTO settings'),
    expect.stringContaining('INTO settings'),
  ])
})
