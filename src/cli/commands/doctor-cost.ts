import { type Cost, cost, type Wakeful } from '../../protocol/cost.ts'
import { dollarText } from '../../protocol/dollars.ts'
import { Problem } from '../exit-codes.ts'
import { ask, type ChannelAddress, type Server } from '../server.ts'

/** What a channel says of its cost; null: that is for its owner to see. */
export async function costOf(server: Server, { kind, name }: ChannelAddress): Promise<Cost | null> {
  try {
    const response = await ask(server, `api/${kind}s/${name}/cost`)
    return cost.parse(await response.json())
  } catch (error) {
    if (error instanceof Problem && error.exit === 'forbidden') return null
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
    `requests ${dollarText(bill.requests.dollars)}`,
    `time awake ${dollarText(bill.duration.dollars)}`,
    `rows written ${dollarText(bill.rows_written.dollars)}`,
    `rows read ${dollarText(bill.rows_read.dollars)}`,
    `storage ${dollarText(bill.storage.dollars)}`,
  ]
  const beyond = `${dollarText(bill.beyond_included)} beyond what the plan includes`
  return `${dollarText(bill.total)} a month like this (${parts.join(', ')}), ${beyond}; ${since}, prices of ${cost.prices_as_of}`
}

export function wakefulText({ detail, dollars_a_month }: Wakeful): string {
  return `${detail}; ${dollarText(dollars_a_month)} a month if it goes on`
}
