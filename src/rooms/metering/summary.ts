import { computeBill, scaleCounts } from '../../protocol/cost/compute.ts'
import { monthMs, prices } from '../../protocol/cost/prices.ts'
import type { Cost } from '../../protocol/cost/schema.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { Ledger } from './ledger.ts'
import type { Finding } from './wake-detector.ts'

const minMs = 60_000 // of counting, before anything is extrapolated
const minMonthMs = 86_400_000 // of the current month, before a month is extrapolated from it

/** What the costs of a channel are computed from. `fileBytes`: kept outside of the object. */
type Metered = Stored & { channel: string; ledger: Ledger; found: Finding[] }
type Stored = { storageBytes: number; fileBytes?: number }

/** The costs of a channel, as the API returns them. */
export function costSummary({ channel, ledger, found, storageBytes, fileBytes = 0 }: Metered, now: number): Cost {
  return {
    channel,
    now: timestamp(now),
    since: timestamp(ledger.since),
    counted: ledger.all,
    month: { since: timestamp(ledger.month.since), counted: ledger.month.counts },
    storage_bytes: storageBytes,
    ...(fileBytes > 0 && { file_bytes: fileBytes }),
    extrapolated: extrapolated(ledger, { storageBytes, fileBytes }, now),
    wakeful: found.map(({ cause, detail, at, dollars }) => ({
      cause,
      detail,
      seen_at: timestamp(at),
      dollars_a_month: dollars,
    })),
    prices_as_of: prices.as_of,
  }
}

/** The cost of a month, extrapolated from this month if enough of it is over, else from everything that was counted. */
function extrapolated(
  { since, all, month }: Ledger,
  { storageBytes, fileBytes }: Stored,
  now: number,
): Cost['extrapolated'] {
  const isMonth = now - month.since >= minMonthMs
  const ms = now - (isMonth ? month.since : since)
  if (ms < minMs) return null
  const counted = scaleCounts(isMonth ? month.counts : all, monthMs / ms)
  return {
    from: isMonth ? 'month' : 'all',
    seconds: Math.round(ms / 1_000),
    counted,
    bill: computeBill(counted, storageBytes, fileBytes),
  }
}
