import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { environment, node } from '../../scripts/toolchain.mjs'
import type { LoadProfile } from '../scenarios/profiles.ts'
import type { VariantFigures } from '../scenarios/scenario.ts'
import { pinned } from '../servers/machine.ts'
import type { ServerTarget } from './target.ts'

/** A scenario to run against a server, with one of its sizes. */
export type WorkerJob = { scenario: string; target: ServerTarget; size: number; profile: LoadProfile }

/** The figures of a job, or the reason it failed. */
export type JobResult = { variants: VariantFigures[] } | { error: string }

/** Runs a job in a generator process of its own, on its own core. */
export async function runJob(job: WorkerJob, core: string | undefined): Promise<VariantFigures[]> {
  const [program = node, ...args] = pinned(core, [node, join(import.meta.dirname, 'main.ts')])
  const child = spawn(program, args, { env: environment(), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = once(child, 'exit').then(([code]): JobResult => ({ error: `the generator exited with ${code}` }))
  const reported = once(child, 'message').then(([result]) => result as JobResult)
  child.send(job)
  const result = await Promise.race([reported, exited])
  await exited
  if ('error' in result) throw new Error(result.error)
  return result.variants
}
