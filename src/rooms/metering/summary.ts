import { computeBill, scaleCounts } from '../../protocol/cost/compute.ts'
import { monthMs, prices } from '../../protocol/cost/prices.ts'
import type { Cost } from '../../protocol/cost/schema.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { Ledger } from './ledger.ts'
import type { Finding } from './wake-detector.ts'

const shortestMs = 60_000 // counted for less, nothing is extrapolated
const enoughMs = 86_400_000 // of this month, to say by it what a month is like

/** What a ledger says, as it is shown. */
export function costSummary(
  { channel, ledger, found, storageBytes }: { channel: string; ledger: Ledger; found: Finding[]; storageBytes: number },
  now: number,
): Cost {
  return {
    channel,
    now: timestamp(now),
    since: timestamp(ledger.since),
    counted: ledger.all,
    month: { since: timestamp(ledger.month.since), counted: ledger.month.counts },
    storage_bytes: storageBytes,
    extrapolated: extrapolated(ledger, storageBytes, now),
    wakeful: found.map(({ cause, detail, at, dollars }) => ({
      cause,
      detail,
      seen_at: timestamp(at),
      dollars_a_month: dollars,
    })),
    prices_as_of: prices.as_of,
  }
}

/** A month like this one so far, if enough of it was seen, else like all that was. */
function extrapolated({ since, all, month }: Ledger, storageBytes: number, now: number): Cost['extrapolated'] {
  const isMonth = now - month.since >= enoughMs
  const ms = now - (isMonth ? month.since : since)
  if (ms < shortestMs) return null
  const counted = scaleCounts(isMonth ? month.counts : all, monthMs / ms)
  return {
    from: isMonth ? 'month' : 'all',
    seconds: Math.round(ms / 1_000),
    counted,
    bill: computeBill(counted, storageBytes),
  }
}
