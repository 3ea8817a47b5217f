// npm run bench: starts every subject afresh, runs the same scenarios against each of them, round by round, and writes
// the results to a file (`npm run bench -- --help`).
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../scripts/toolchain.mjs'
import { runJob } from './load/worker-job.ts'
import { help, type Options, readOptions } from './options.ts'
import { formatNumber } from './report/format-number.ts'
import type { RunResults } from './report/results.ts'
import { tables } from './report/table.ts'
import { type Scenario, supports, type VariantFigures } from './scenarios/scenario.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { inspectedAt } from './servers/inspector.ts'
import { freePort, launch } from './servers/launch.ts'
import { type Cores, chooseCores, describeMachine } from './servers/machine.ts'
import { installPackages } from './servers/packages.ts'
import { seed } from './servers/seed.ts'
import { versions } from './servers/versions.ts'
import type { Subject } from './subjects/subject.ts'
import { subjects } from './subjects/subjects.ts'

await main(async () => {
  const options = readOptions(process.argv.slice(2))
  if (options === null) {
    console.log(help)
    return 0
  }
  const scratch = await mkdtemp(join(tmpdir(), 'circles-bench-'))
  try {
    const all: RunResults[] = []
    for (const name of options.scenarios) {
      const scenario = scenarios.get(name)
      if (scenario !== undefined) all.push(await runScenario(scenario, options, scratch))
    }
    return all.some(({ failures }) => failures.length > 0) ? 1 : 0
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})

/** Runs all rounds of a scenario: A B, then B A, so that no subject is always the first. */
async function runScenario(scenario: Scenario, options: Options, scratch: string): Promise<RunResults> {
  const cores = chooseCores()
  const results: RunResults = {
    scenario: scenario.name,
    date: new Date().toISOString(),
    machine: describeMachine(cores),
    versions: versions(),
    baseline: options.baseline,
    profile: options.profile,
    measurements: [],
    failures: [],
  }
  const selected = subjects.filter(
    one => options.only.includes(one.name) && supports(scenario, one) && isAvailable(one),
  )
  if (selected.some(({ packaged }) => packaged)) await installPackages()
  console.log(`\n# ${scenario.name}: ${scenario.description}`)
  for (let round = 1; round <= options.rounds; round++) {
    for (const subject of round % 2 === 1 ? selected : selected.toReversed()) {
      await runRound({ scenario, subject, round, options, cores, scratch, results })
    }
  }
  await mkdir(options.results, { recursive: true })
  const file = join(options.results, `${results.date.slice(0, 16).replace(':', '')}-${scenario.name}.json`)
  await writeFile(file, `${JSON.stringify(results, null, 1)}\n`)
  const order = subjects.map(({ name }) => name)
  console.log(`\n${tables(scenario, results, order)}\n\n${file}`)
  return results
}

type Round = {
  scenario: Scenario
  subject: Subject
  round: number
  options: Options
  cores: Cores
  scratch: string
  results: RunResults
}

/** Runs one subject in one round, with a fresh server for each size. */
async function runRound({ scenario, subject, round, options, cores, scratch, results }: Round): Promise<void> {
  const { profile } = options
  const { name, protocol } = subject
  for (const size of scenario.sizes(profile)) {
    const folder = await mkdtemp(join(scratch, 'server-'))
    try {
      const prepared = await subject.prepare(folder, scratch)
      await seed({ scenario, subject, profile, folder, scratch })
      const inspected = scenario.readsHeap === true && { inspectorPort: await freePort() }
      const command = [...prepared.command, ...(inspected ? [inspectedAt(inspected.inspectorPort)] : [])]
      await using server = await launch({ ...prepared, command }, cores?.server)
      const { calledPort } = prepared
      const called = calledPort !== undefined && { calledPort }
      const target = { name, port: server.port, pid: server.pid, protocol, ...called, ...inspected }
      const variants = await runJob({ scenario: scenario.name, target, size, profile }, cores?.generator)
      for (const { variant, figures } of variants) results.measurements.push({ round, subject: name, variant, figures })
      console.log(`round ${round}, ${name}: ${variants.map(one => summarize(one, scenario)).join('; ')}`)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      results.failures.push({ round, subject: name, reason })
      console.log(`round ${round}, ${name}, ${size}: FAILED ${reason}`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** Formats the primary figure of a variant. */
function summarize({ variant, figures }: VariantFigures, scenario: Scenario): string {
  const figure = scenario.primaryFigure(variant)
  const column = scenario.columns.find(one => one.figure === figure)
  return `${variant}: ${formatNumber(figures[figure] ?? 0, column?.digits ?? 1)} ${column?.title}`
}

function isAvailable({ name, missingRequirement }: Subject): boolean {
  const reason = missingRequirement?.() ?? null
  if (reason !== null) console.log(`${name} is skipped: ${reason}`)
  return reason === null
}
