import { formatNumber } from './format-number.ts'
import { markdownTable } from './markdown-table.ts'
import { type RunResults, spread, valuesOf } from './results.ts'

/** The load that one circle carried on one core, for a number of members. */
export type Capacity = {
  members: number
  oneAtATime: number // messages a second, each sent after the last one arrived everywhere
  inFlight: number // messages a second, with `burst` of them in flight
  burst: number
}

/** Returns the highest measured message rate of one circle, for each number of members. */
export function capacities(fanout: RunResults): Capacity[] {
  const { receivers, bursts } = fanout.profile
  return receivers.flatMap(members => {
    const rate = (workload: string) => {
      const variant = `${members} receivers, ${workload}`
      return spread(valuesOf(fanout, { variant, subject: 'circles', figure: 'messages_per_s' })).median
    }
    const oneAtATime = rate('one at a time')
    if (Number.isNaN(oneAtATime)) return []
    const measured = bursts
      .map(burst => ({ members, oneAtATime, burst, inFlight: rate(`bursts of ${burst}`) }))
      .filter(({ inFlight }) => !Number.isNaN(inFlight))
    return measured.toSorted((a, b) => b.inFlight - a.inFlight).slice(0, 1)
  })
}

/** Renders the capacities as a table. */
export function capacityTable(fanout: RunResults): string {
  const rows = capacities(fanout).map(({ members, oneAtATime, burst, inFlight }) =>
    [members, oneAtATime, burst, inFlight, inFlight * members].map(value => formatNumber(value, 0)),
  )
  const head = ['members', 'one at a time: messages/s', 'in flight', 'messages/s', 'deliveries/s']
  return markdownTable(
    head,
    rows,
    head.map(() => 'right'),
  )
}
