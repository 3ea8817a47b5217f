// The generator: a process of its own, so that its core and its load are its own. It is told one job, plays it, and
// says what came of it.
import { scenarios } from '../scenarios/scenarios.ts'
import { Meter } from './process-usage.ts'
import type { Job, Outcome } from './worker-job.ts'

process.once('message', async (job: Job) => {
  const outcome = await play(job)
  process.send?.(outcome, () => process.exit(0)) // open sockets would keep it alive
})

async function play({ scenario, target, size, scale }: Job): Promise<Outcome> {
  try {
    const played = scenarios.get(scenario)
    if (played === undefined) throw new Error(`no scenario is called ${scenario}`)
    return { rows: await played.play({ target, meter: new Meter(target), size, scale }) }
  } catch (error) {
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
