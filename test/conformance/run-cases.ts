import type { Row } from './case.ts'
import { Bystander } from './check.ts'
import { Lab, type Place } from './harness.ts'

/** What became of a row: null if all was as it says, or what was otherwise. */
export type Verdict = { row: Row; fault: string | null }

const lanes = 8 // many rows wait; what is tried in two circles knows nothing of each other

/** Tries rows on a server: in a few circles at once, in each of them one row after the other. */
export async function tryRows(place: Place, rows: readonly Row[], told = (_: Verdict) => {}): Promise<Verdict[]> {
  const run = Date.now().toString(36)
  const left = [...rows]
  const verdicts: Verdict[] = []
  const lane = async (number: number) => {
    let bystander = await Bystander.in(new Lab(place, `conformance-${run}-${number}`))
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
      const verdict = { row, fault: await faultOf(row, bystander) }
      verdicts.push(verdict)
      told(verdict)
      if (verdict.fault === null) continue
      number += lanes // what a row that failed has left behind is no other row's affair
      bystander = await Bystander.in(new Lab(place, `conformance-${run}-${number}`))
    }
    await bystander.leave()
  }
  await Promise.all(Array.from({ length: Math.min(lanes, rows.length) }, (_, number) => lane(number)))
  return verdicts
}

async function faultOf(row: Row, bystander: Bystander): Promise<string | null> {
  try {
    await bystander.witness(row)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
