import { prices } from './prices.ts'
import type { Bill, Counts } from './schema.ts'

const gb = 1_000_000_000 // storage is sold in decimal gigabytes

/** Computes the bill for a month's usage and stored bytes. `fileBytes`: of files in R2. */
export function computeBill(counts: Counts, storageBytes: number, fileBytes = 0): Bill {
  const requests = counts.messages / prices.messages_per_request + counts.calls + counts.alarms
  const lines = {
    requests: line(requests, prices.requests),
    duration: line((counts.active_ms / 1_000) * prices.memory_gb, prices.duration),
    rows_read: line(counts.rows_read, prices.rows_read),
    rows_written: line(counts.rows_written + counts.alarm_sets, prices.rows_written),
    storage: storageLine(storageBytes, prices.storage),
    ...(fileBytes > 0 && { files: storageLine(fileBytes, prices.files) }),
  }
  const all = Object.values(lines)
  return {
    ...lines,
    total: sum(all.map(({ dollars }) => dollars)),
    beyond_included: sum(all.map(({ beyond_included }) => beyond_included)),
  }
}

/** The full price of counts, in dollars, without storage. */
export function dollarsFor(counts: Counts): number {
  return computeBill(counts, 0).total
}

function storageLine(bytes: number, { per_gb, included_gb }: { per_gb: number; included_gb: number }) {
  return line(bytes / gb, { per_million: per_gb * 1_000_000, included: included_gb })
}

function line(quantity: number, { per_million, included }: { per_million: number; included: number }) {
  const priceOf = (amount: number): number => (Math.max(0, amount) * per_million) / 1_000_000
  return { quantity, dollars: priceOf(quantity), beyond_included: priceOf(quantity - included) }
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}

/** All counts zero. */
export function zeroCounts(): Counts {
  return {
    messages: 0,
    calls: 0,
    alarms: 0,
    wakes: 0,
    active_ms: 0,
    rows_read: 0,
    rows_written: 0,
    alarm_sets: 0,
  }
}

/** Adds counts. */
export function addCounts(one: Counts, other: Counts): Counts {
  return mapped(one, (count, name) => count + other[name])
}

/** Subtracts counts. */
export function subtractCounts(one: Counts, other: Counts): Counts {
  return mapped(one, (count, name) => count - other[name])
}

/** Multiplies counts, as for a time that is longer or shorter by this factor. */
export function scaleCounts(counts: Counts, factor: number): Counts {
  return mapped(counts, count => Math.round(count * factor))
}

function mapped(counts: Counts, change: (count: number, name: keyof Counts) => number): Counts {
  const result = zeroCounts()
  for (const name of Object.keys(result) as (keyof Counts)[]) result[name] = change(counts[name], name)
  return result
}
