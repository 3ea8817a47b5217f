import { expect, test } from 'vitest'
import { zeroCounts } from '../../../src/protocol/cost/compute.ts'
import { type Ledger, newest } from '../../../src/rooms/metering/ledger.ts'
import { Meter } from '../../../src/rooms/metering/meter.ts'
import { start } from '../../support/test-room.ts'

const day = 86_400_000

test('[W] counts frames, calls, alarms, alarms set, rows, wakes and awake time', () => {
  const meter = new Meter(start)
  meter.message('{"type":"message"}', start + 1_000)
  meter.message('hello', start + 2_000)
  meter.call(start + 3_000)
  meter.alarm(start + 4_000)
  meter.alarmSet()
  meter.rows.read += 7
  meter.rows.written += 4
  meter.begin('agent', start + 5_000)(start + 8_000)
  expect(meter.ledger(start + 9_000, 2)).toMatchObject({
    version: 1,
    head: 2,
    since: start,
    all: {
      messages: 2,
      calls: 1,
      alarms: 1,
      wakes: 1,
      active_ms: 20 + 4 * 10 + 3_000,
      rows_read: 7,
      rows_written: 4,
      alarm_sets: 1,
    },
  })
})

test('[W] an instance continues from the newest copy, on disk or on a socket', () => {
  const [first, second] = [new Meter(start), new Meter(start + day)]
  first.message('one', start)
  const onDisk = first.ledger(start, 1)
  first.message('two', start)
  const onSocket = first.ledger(start, 2)
  second.restore(newest([onDisk, onSocket]) as Ledger, onDisk, 2)
  expect(second.ledger(start + day, 2)).toMatchObject({ version: 3, since: start, all: { messages: 2, wakes: 2 } })
})

test('[W] events missing from every copy count as messages, at two rows each', () => {
  const first = new Meter(start)
  const kept = first.ledger(start, 10)
  const second = new Meter(start + day)
  second.restore(kept, kept, 110)
  expect(second.ledger(start + day, 110).all).toMatchObject({ messages: 100, rows_written: 200 })
  const third = new Meter(start + 2 * day)
  third.restore(second.ledger(start + day, 110), kept, 50) // another log was imported
  expect(third.ledger(start + 2 * day, 50).all).toMatchObject({ messages: 100, rows_written: 200 })
})

test('[W] the month is reset with the calendar, the total is not', () => {
  const meter = new Meter(start)
  meter.call(start)
  const november = meter.ledger(start, 0)
  meter.call(start + 15 * day)
  const december = meter.ledger(start + 15 * day, 0)
  expect([november.month, december.month, december.all.calls]).toEqual([
    { since: start, counts: expect.objectContaining({ calls: 1 }) },
    { since: Date.UTC(2026, 11, 1), counts: expect.objectContaining({ calls: 1 }) },
    2,
  ])
})

test('[W] the ledger is persisted on each of the first calls, then ten times a second', () => {
  const meter = new Meter(start)
  const within = (seconds: number) => {
    let writes = 0
    for (let ms = 0; ms < seconds * 1_000; ms++) writes += meter.wantsPersist(start + ms) ? 1 : 0
    return writes
  }
  expect(within(1)).toBe(29)
  const slow = new Meter(start)
  expect([0, 1, 2, 3].map(second => slow.wantsPersist(start + second * 200))).toEqual([true, true, true, true])
})

test('[W] a ledger row is due after a hundred written rows', () => {
  const meter = new Meter(start)
  meter.rows.written += 98
  const before = meter.ledger(start, 0)
  meter.rows.written += 3
  const after = meter.ledger(start, 0)
  expect([meter.isWorthRow(before), meter.isWorthRow(after)]).toEqual([false, true])
  meter.rowWritten(after)
  expect(meter.isWorthRow(meter.ledger(start, 0))).toBe(false)
})

test('[W] a reset discards the counts', () => {
  const meter = new Meter(start)
  meter.rows.written += 9
  meter.reset(start + 1_000)
  expect(meter.ledger(start + 1_000, 0)).toMatchObject({ since: start + 1_000, all: zeroCounts() })
})

test('[W] the ledger on a socket whose close wakes the object is restored, if another instance wrote it', () => {
  const first = new Meter(start)
  const onDisk = first.ledger(start, 0)
  first.message('one', start)
  first.message('two', start)
  const onSocket = first.ledger(start, 2)
  const second = new Meter(start + day)
  second.restore(onDisk, onDisk, 2)
  second.closed(onSocket, start + day)
  second.call(start + day)
  const later = second.ledger(start + day, 2)
  expect(later).toMatchObject({ all: { messages: 2, wakes: 2, calls: 1, rows_written: 0 } })
  expect(later.version).toBeGreaterThan(onSocket.version)
  second.closed(later, start + day)
  second.closed(onSocket, start + day)
  expect(second.ledger(start + day, 2).all).toMatchObject({ messages: 2, wakes: 2, calls: 1 })
})
