import { prices } from './prices.ts'
import type { Bill, Counts } from './schema.ts'

const gb = 1_000_000_000 // storage is sold in decimal gigabytes

/** What is billed, of what was counted in a month and is stored. */
export function computeBill(counts: Counts, storageBytes: number): Bill {
  const requests = counts.messages / prices.messages_per_request + counts.calls + counts.alarms
  const lines = {
    requests: line(requests, prices.requests),
    duration: line((counts.active_ms / 1_000) * prices.memory_gb, prices.duration),
    rows_read: line(counts.rows_read, prices.rows_read),
    rows_written: line(counts.rows_written + counts.alarm_sets, prices.rows_written),
    storage: line(storageBytes / gb, {
      per_million: prices.storage.per_gb * 1_000_000,
      included: prices.storage.included_gb,
    }),
  }
  const all = Object.values(lines)
  return {
    ...lines,
    total: sum(all.map(({ dollars }) => dollars)),
    beyond_included: sum(all.map(({ beyond_included }) => beyond_included)),
  }
}

/** What counts cost at full price, in dollars, without storage. */
export function dollarsFor(counts: Counts): number {
  return computeBill(counts, 0).total
}

function line(quantity: number, { per_million, included }: { per_million: number; included: number }) {
  const priceOf = (amount: number): number => (Math.max(0, amount) * per_million) / 1_000_000
  return { quantity, dollars: priceOf(quantity), beyond_included: priceOf(quantity - included) }
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}
