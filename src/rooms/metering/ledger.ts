import { addCounts, zeroCounts } from '../../protocol/cost/compute.ts'
import type { Counts } from '../../protocol/cost/schema.ts'
import type { WakeStats } from './wake-detector.ts'

/**
 * The counts of a channel so far. Copies are stored on a socket and in a row, at different times; the one with the
 * highest version is current.
 */
export type Ledger = {
  version: number
  writer: number // ms: when the instance that wrote it woke up
  head: number // seq of the log when it was written: events after it were stored by an instance that wrote no copy
  since: number // ms: when counting began
  all: Counts
  month: { since: number; counts: Counts } // this calendar month (UTC), or the part of it since `since`
  watch: WakeStats
}

/** A ledger that has counted nothing yet. */
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

/** The ledger with more counts added, in the current month. */
export function addToLedger(ledger: Ledger, fresh: Counts, now: number): Ledger {
  const begin = beginOfMonth(now)
  const month =
    ledger.month.since < begin
      ? { since: begin, counts: fresh }
      : { since: ledger.month.since, counts: addCounts(ledger.month.counts, fresh) }
  return { ...ledger, all: addCounts(ledger.all, fresh), month }
}

/**
 * The counts of events that are in the log and in no copy: their instance died before it wrote one. Each counts as a
 * message over a socket, with the most rows that a message may write (L8).
 */
export function missedCounts(ledger: Ledger, head: number): Counts {
  const events = Math.max(0, head - ledger.head)
  return { ...zeroCounts(), messages: events, rows_written: events * 2 }
}

function beginOfMonth(ms: number): number {
  const date = new Date(ms)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}
