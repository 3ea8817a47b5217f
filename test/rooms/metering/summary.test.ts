import { expect, test } from 'vitest'
import { computeBill, zeroCounts } from '../../../src/protocol/cost/compute.ts'
import { cost } from '../../../src/protocol/cost/schema.ts'
import { newLedger } from '../../../src/rooms/metering/ledger.ts'
import { costSummary } from '../../../src/rooms/metering/summary.ts'
import { newWakeStats } from '../../../src/rooms/metering/wake-detector.ts'
import { start } from '../../support/test-room.ts'

const day = 86_400_000
const counted = { ...zeroCounts(), messages: 2_000, calls: 10, rows_written: 4_000, active_ms: 60_000 }
const ledgerOf = (since: number, month: number) => ({
  ...newLedger(0, newWakeStats(since), since),
  all: counted,
  month: { since: month, counts: { ...zeroCounts(), messages: 100 } },
})
const summaryOf = (ledger: ReturnType<typeof ledgerOf>, now: number) =>
  cost.parse(costSummary({ channel: 'circle:dev', ledger, found: [], storageBytes: 12_288 }, now))

test('[W] the bill: twenty messages are a request, an alarm set is a row, all by the price table', () => {
  const month = {
    messages: 20_000_000,
    calls: 500_000,
    alarms: 500_000,
    wakes: 9,
    active_ms: 10_000_000_000,
    rows_read: 30_000_000_000,
    rows_written: 59_000_000,
    alarm_sets: 1_000_000,
  }
  expect(computeBill(month, 10_000_000_000)).toEqual({
    requests: { quantity: 2_000_000, dollars: 0.3, beyond_included: 0.15 },
    duration: { quantity: 1_280_000, dollars: 16, beyond_included: 11 },
    rows_read: { quantity: 30_000_000_000, dollars: 30, beyond_included: 5 },
    rows_written: { quantity: 60_000_000, dollars: 60, beyond_included: 10 },
    storage: { quantity: 10, dollars: 2, beyond_included: 1 },
    total: 108.3,
    beyond_included: 27.15,
  })
})

test('[W] a month is extrapolated from the total, or from this month once it has a day', () => {
  const young = summaryOf(ledgerOf(start, start), start + day / 2)
  expect(young.extrapolated).toMatchObject({ from: 'all', seconds: 43_200, counted: { messages: 120_000, calls: 600 } })
  const old = summaryOf(ledgerOf(start - 100 * day, start - 2 * day), start)
  expect(old.extrapolated).toMatchObject({ from: 'month', seconds: 172_800, counted: { messages: 1_500, calls: 0 } })
  const newMonth = summaryOf(ledgerOf(start - 100 * day, start - day / 2), start)
  expect(newMonth.extrapolated).toMatchObject({ from: 'all', counted: { messages: 600 } })
})

test('[W] after less than a minute no month is extrapolated', () => {
  expect(summaryOf(ledgerOf(start, start), start + 59_999).extrapolated).toBeNull()
})
