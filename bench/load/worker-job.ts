import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { environment, node } from '../../scripts/toolchain.mjs'
import type { Scale } from '../scenarios/profiles.ts'
import type { Row } from '../scenarios/scenario.ts'
import { pinned } from '../servers/machine.ts'
import type { Target } from './target.ts'

export type Job = { scenario: string; target: Target; size: number; scale: Scale }
export type Outcome = { rows: Row[] } | { failed: string }

/** Has a generator do a job, on its own core. */
export async function perform(job: Job, core: string | undefined): Promise<Row[]> {
  const [program = node, ...args] = pinned(core, [node, join(import.meta.dirname, 'main.ts')])
  const child = spawn(program, args, { env: environment(), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(child, 'exit').then(([code]): Outcome => ({ failed: `the generator ended with ${code}` }))
  const answered = once(child, 'message').then(([outcome]) => outcome as Outcome)
  child.send(job)
  const outcome = await Promise.race([answered, ended])
  await ended
  if ('failed' in outcome) throw new Error(outcome.failed)
  return outcome.rows
}
