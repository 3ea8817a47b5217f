// The load generator: a process of its own, so that it has a core of its own and can measure its own load. It receives
// one job over IPC, runs it, and sends the result back.
import { scenarios } from '../scenarios/scenarios.ts'
import { ProcessUsage } from './process-usage.ts'
import type { JobResult, WorkerJob } from './worker-job.ts'

process.once('message', async (job: WorkerJob) => {
  const result = await runScenario(job)
  process.send?.(result, () => process.exit(0)) // open sockets would keep the process alive
})

async function runScenario({ scenario: name, target, size, profile }: WorkerJob): Promise<JobResult> {
  try {
    const scenario = scenarios.get(name)
    if (scenario === undefined) throw new Error(`no scenario is called ${name}`)
    return { variants: await scenario.run({ target, usage: new ProcessUsage(target), size, profile }) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
