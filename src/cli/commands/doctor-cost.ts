import { formatDollars } from '../../protocol/cost/format.ts'
import { type Cost, cost, type Wakeful } from '../../protocol/cost/schema.ts'
import { type ApiTarget, apiGet, type ChannelAddress } from '../api-client.ts'
import { CliError } from '../exit-codes.ts'

/** What a channel says of its cost; null: that is for its owner to see. */
export async function costOf(server: ApiTarget, { kind, name }: ChannelAddress): Promise<Cost | null> {
  try {
    const response = await apiGet(server, `api/${kind}s/${name}/cost`)
    return cost.parse(await response.json())
  } catch (error) {
    if (error instanceof CliError && error.exit === 'forbidden') return null
    throw error
  }
}

/** What a month costs, in a line. */
export function costText(cost: Cost | null): string {
  if (cost === null) return 'its owner may see it'
  const since = `counted since ${cost.since.slice(0, 16)}Z`
  if (cost.extrapolated === null) return `nothing to say of a month yet, ${since}`
  const { bill } = cost.extrapolated
  const parts = [
    `requests ${formatDollars(bill.requests.dollars)}`,
    `time awake ${formatDollars(bill.duration.dollars)}`,
    `rows written ${formatDollars(bill.rows_written.dollars)}`,
    `rows read ${formatDollars(bill.rows_read.dollars)}`,
    `storage ${formatDollars(bill.storage.dollars)}`,
  ]
  const beyond = `${formatDollars(bill.beyond_included)} beyond what the plan includes`
  return `${formatDollars(bill.total)} a month like this (${parts.join(', ')}), ${beyond}; ${since}, prices of ${cost.prices_as_of}`
}

export function wakefulText({ detail, dollars_a_month }: Wakeful): string {
  return `${detail}; ${formatDollars(dollars_a_month)} a month if it goes on`
}
