// npm run bench:smoke: plays every scenario once, tiny, against Circles and two others, and fails if a message was
// lost, came twice or out of order. It measures nothing: one process per server, and the generator is this one.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../scripts/toolchain.mjs'
import { Meter } from './load/process-usage.ts'
import { tiny } from './scenarios/profiles.ts'
import type { Row, Scenario } from './scenarios/scenario.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { type Launch, launch } from './servers/launch.ts'
import type { Contestant } from './subjects/subject.ts'
import { contestants } from './subjects/subjects.ts'

const names = ['circles', 'minimal+sql', 'ws+sql'] // no package but those that Circles has itself

await main(async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'circles-smoke-'))
  try {
    const playing = contestants.filter(({ name }) => names.includes(name))
    const prepared = await Promise.all(playing.map(contestant => prepare(contestant, scratch)))
    const faults: string[] = []
    for (const { contestant, launch } of prepared) faults.push(...(await playAll(contestant, launch)))
    for (const fault of faults) console.log(fault)
    console.log(faults.length === 0 ? 'Nothing lost, nothing twice, one order.' : `${faults.length} faults; see above.`)
    return faults.length === 0 ? 0 : 1
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})

async function prepare(contestant: Contestant, scratch: string) {
  const folder = join(scratch, contestant.name)
  await mkdir(folder)
  return { contestant, launch: await contestant.launch(folder, scratch) }
}

/** Plays everything that suits a contestant, one after the other on one server; returns what went wrong. */
async function playAll(contestant: Contestant, prepared: Launch): Promise<string[]> {
  await using server = await launch(prepared, undefined)
  const { name, dialect } = contestant
  const target = { name, port: server.port, pid: server.pid, dialect }
  const faults: string[] = []
  for (const scenario of scenarios.values()) {
    if (scenario.suits?.(contestant) === false) continue
    const begin = performance.now()
    await scenario.seed?.(target, tiny)
    for (const size of scenario.sizes(tiny)) {
      const rows = await scenario.play({ target, meter: new Meter(target), size, scale: tiny })
      faults.push(...rows.flatMap(row => faultsOf(row, scenario, contestant)))
    }
    console.log(`${name}, ${scenario.name}: ${Math.round(performance.now() - begin)} ms`)
  }
  return faults
}

function faultsOf({ cell, figures }: Row, scenario: Scenario, { name, dialect }: Contestant): string[] {
  // Who comes back to one of the others gets the last messages again, also those it has: that is how they do it.
  const repeats = scenario.name === 'resume' && dialect !== 'circles'
  const faults = ['lost', 'disorder', ...(repeats ? [] : ['duplicates'])].filter(figure => figures[figure] !== 0)
  if (figures.deliveries_per_s === 0) faults.push('deliveries')
  return faults.map(figure => `${name}, ${scenario.name}, ${cell}: ${figure} ${figures[figure] ?? 0}`)
}
