// npm run bench:smoke: runs every scenario once, at its smallest, against Circles and two other subjects, and fails if a
// message was lost, duplicated or out of order. It measures nothing: one server per subject, and this process is the
// load generator.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../scripts/toolchain.mjs'
import { ProcessUsage } from './load/process-usage.ts'
import { smokeProfile } from './scenarios/profiles.ts'
import { type Scenario, supports, type VariantFigures } from './scenarios/scenario.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { inspectedAt } from './servers/inspector.ts'
import { freePort, launch, type ServerCommand } from './servers/launch.ts'
import type { Subject } from './subjects/subject.ts'
import { subjects } from './subjects/subjects.ts'

const smokeSubjects = ['circles', 'circles-custom', 'circles-relays', 'minimal+sql', 'ws+sql'] // they need no packages beyond those of Circles

await main(async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'circles-smoke-'))
  try {
    const selected = subjects.filter(({ name }) => smokeSubjects.includes(name))
    const prepared = await Promise.all(selected.map(subject => prepare(subject, scratch)))
    const faults: string[] = []
    for (const { subject, command } of prepared) faults.push(...(await runAll(subject, command)))
    for (const fault of faults) console.log(fault)
    console.log(
      faults.length === 0 ? 'Nothing lost, duplicated or out of order.' : `${faults.length} faults; see above.`,
    )
    return faults.length === 0 ? 0 : 1
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})

async function prepare(subject: Subject, scratch: string) {
  const folder = join(scratch, subject.name)
  await mkdir(folder)
  return { subject, command: await subject.prepare(folder, scratch) }
}

/** Runs every scenario that a subject supports, one after the other on one server; returns the faults. */
async function runAll(subject: Subject, command: ServerCommand): Promise<string[]> {
  const supported = [...scenarios.values()].filter(scenario => supports(scenario, subject))
  const inspected = supported.some(({ readsHeap }) => readsHeap === true) && { inspectorPort: await freePort() }
  const args = inspected ? [inspectedAt(inspected.inspectorPort)] : []
  await using server = await launch({ ...command, command: [...command.command, ...args] }, undefined)
  const { name, protocol } = subject
  const { calledPort } = command
  const called = calledPort !== undefined && { calledPort }
  const target = { name, port: server.port, pid: server.pid, protocol, ...called, ...inspected }
  const faults: string[] = []
  for (const scenario of supported) {
    const begin = performance.now()
    await scenario.seed?.(target, smokeProfile)
    for (const size of scenario.sizes(smokeProfile)) {
      const usage = new ProcessUsage(target)
      const variants = await scenario.run({ target, usage, size, profile: smokeProfile })
      faults.push(...variants.flatMap(one => faultsOf(one, scenario, subject)))
    }
    console.log(`${name}, ${scenario.name}: ${Math.round(performance.now() - begin)} ms`)
  }
  return faults
}

function faultsOf({ variant, figures }: VariantFigures, scenario: Scenario, { name, protocol }: Subject): string[] {
  // After a reconnect the other subjects send the last messages again, including those that the client has.
  const mayRepeat = scenario.name === 'resume' && protocol !== 'circles'
  const mustBeZero = ['lost', 'out_of_order', ...(mayRepeat ? [] : ['duplicates'])]
  const faults = mustBeZero.filter(figure => figures[figure] !== 0)
  if (figures.deliveries_per_s === 0) faults.push('deliveries')
  return faults.map(figure => `${name}, ${scenario.name}, ${variant}: ${figure} ${figures[figure] ?? 0}`)
}
