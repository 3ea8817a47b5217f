import { addCounts, zeroCounts } from '../../protocol/cost/compute.ts'
import type { Counts } from '../../protocol/cost/schema.ts'
import type { WakeStats } from './wake-detector.ts'

/**
 * What a channel counted so far. Copies of it lie on a socket and in a row, written at different times: the one with
 * the highest version is the truth.
 */
export type Ledger = {
  version: number
  writer: number // ms: when the instance that wrote it came into memory
  head: number // seq of the log when it was written: events after it were stored by an instance that left no note
  since: number // ms: counted from here
  all: Counts
  month: { since: number; counts: Counts } // the calendar month (UTC), or what was seen of it
  watch: WakeStats
}

export function newLedger(head: number, watch: WakeStats, now: number): Ledger {
  return {
    version: 0,
    writer: now,
    head,
    since: now,
    all: zeroCounts(),
    month: { since: now, counts: zeroCounts() },
    watch,
  }
}

/** The newest of several copies, or null. */
export function newest(copies: readonly (Ledger | null | undefined)[]): Ledger | null {
  return copies.reduce<Ledger | null>(
    (best, copy) => (copy && copy.version > (best?.version ?? -1) ? copy : best),
    null,
  )
}

/** A ledger with more counted on top, in the month that it is. */
export function addToLedger(ledger: Ledger, fresh: Counts, now: number): Ledger {
  const begin = beginOfMonth(now)
  const month =
    ledger.month.since < begin
      ? { since: begin, counts: fresh }
      : { since: ledger.month.since, counts: addCounts(ledger.month.counts, fresh) }
  return { ...ledger, all: addCounts(ledger.all, fresh), month }
}

/**
 * Events that are in the log and that no copy knows of: their instance died before it wrote them down. Each is taken for
 * a message that came over a socket and cost what a message may (L8).
 */
export function missedCounts(ledger: Ledger, head: number): Counts {
  const events = Math.max(0, head - ledger.head)
  return { ...zeroCounts(), messages: events, rows_written: events * 2 }
}

function beginOfMonth(ms: number): number {
  const date = new Date(ms)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}
