// npm run bench: starts every contestant afresh, has it do the same as the others, round by round, and writes down
// what was measured (`npm run bench -- --help`).
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../scripts/toolchain.mjs'
import { perform } from './load/worker-job.ts'
import { help, type Options, readOptions } from './options.ts'
import type { Results } from './report/results.ts'
import { grouped, tables } from './report/table.ts'
import type { Row, Scenario } from './scenarios/scenario.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { launch } from './servers/launch.ts'
import { type Cores, chooseCores, describeMachine } from './servers/machine.ts'
import { installPackages } from './servers/packages.ts'
import { seed } from './servers/seed.ts'
import { versions } from './servers/versions.ts'
import type { Contestant } from './subjects/subject.ts'
import { contestants } from './subjects/subjects.ts'

await main(async () => {
  const options = readOptions(process.argv.slice(2))
  if (options === null) {
    console.log(help)
    return 0
  }
  const scratch = await mkdtemp(join(tmpdir(), 'circles-bench-'))
  try {
    const outcomes: Results[] = []
    for (const name of options.scenarios) {
      const scenario = scenarios.get(name)
      if (scenario !== undefined) outcomes.push(await run(scenario, options, scratch))
    }
    return outcomes.some(({ failed }) => failed.length > 0) ? 1 : 0
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})

/** All rounds of a scenario: A B A B, every second round backwards. */
async function run(scenario: Scenario, options: Options, scratch: string): Promise<Results> {
  const cores = chooseCores()
  const results: Results = {
    scenario: scenario.name,
    date: new Date().toISOString(),
    machine: describeMachine(cores),
    versions: versions(),
    baseline: options.baseline,
    scale: options.scale,
    measured: [],
    failed: [],
  }
  const present = contestants.filter(
    one => options.only.includes(one.name) && (scenario.suits?.(one) ?? true) && takesPart(one),
  )
  if (present.some(({ packaged }) => packaged)) await installPackages()
  console.log(`\n# ${scenario.name}: ${scenario.about}`)
  for (let round = 1; round <= options.rounds; round++) {
    for (const contestant of round % 2 === 1 ? present : present.toReversed()) {
      await playAll({ scenario, contestant, round, options, cores, scratch, results })
    }
  }
  await mkdir(options.results, { recursive: true })
  const file = join(options.results, `${results.date.slice(0, 16).replace(':', '')}-${scenario.name}.json`)
  await writeFile(file, `${JSON.stringify(results, null, 1)}\n`)
  const order = contestants.map(({ name }) => name)
  console.log(`\n${tables(scenario, results, order)}\n\n${file}`)
  return results
}

type Turn = {
  scenario: Scenario
  contestant: Contestant
  round: number
  options: Options
  cores: Cores
  scratch: string
  results: Results
}

/** One contestant's turn in a round: a server afresh for each size. */
async function playAll({ scenario, contestant, round, options, cores, scratch, results }: Turn): Promise<void> {
  for (const size of scenario.sizes(options.scale)) {
    const folder = await mkdtemp(join(scratch, 'server-'))
    try {
      const prepared = await contestant.launch(folder, scratch)
      await seed(scenario, contestant, options.scale, folder, scratch)
      await using server = await launch(prepared, cores?.server)
      const { dialect, name } = contestant
      const target = { name, port: server.port, pid: server.pid, dialect }
      const rows = await perform({ scenario: scenario.name, target, size, scale: options.scale }, cores?.load)
      for (const { cell, figures } of rows) results.measured.push({ round, contestant: name, cell, figures })
      console.log(`round ${round}, ${name}: ${rows.map(row => inShort(row, scenario)).join('; ')}`)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      results.failed.push({ round, contestant: contestant.name, why })
      console.log(`round ${round}, ${contestant.name}, ${size}: FAILED ${why}`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** The one figure that is compared. */
function inShort({ cell, figures }: Row, scenario: Scenario): string {
  const compared = scenario.columns.find(({ figure }) => figure === scenario.chart(cell))
  return `${cell}: ${grouped(figures[scenario.chart(cell)] ?? 0, compared?.digits ?? 1)} ${compared?.title}`
}

function takesPart({ name, absent }: Contestant): boolean {
  const why = absent?.() ?? null
  if (why !== null) console.log(`${name} is left out: ${why}`)
  return why === null
}
