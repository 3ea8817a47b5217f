// npm run bench:report: makes the tables and charts of docs/performance.md from the newest results of each scenario.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main, node, root, run, tool } from '../../scripts/toolchain.mjs'
import { scenarios } from '../scenarios/scenarios.ts'
import { contestants } from '../subjects/subjects.ts'
import { capacity } from './capacity.ts'
import { chart } from './chart.ts'
import { fill } from './document.ts'
import { latest, type Results, roundsOf } from './results.ts'
import { tables } from './table.ts'
import { type Target, targets } from './targets.ts'

const order = contestants.map(({ name }) => name)
const images = join(root, 'docs/images')
const document = join(root, 'docs/performance.md')

await main(async () => {
  const all = await newest(process.argv[2] ?? join(root, 'bench/results'))
  const blocks = new Map<string, string>()
  await mkdir(images, { recursive: true })
  for (const [name, scenario] of scenarios) {
    const results = all.get(name)
    if (results === undefined) {
      blocks.set(name, `Not measured yet: \`npm run bench -- --scenario ${name}\`.`)
      continue
    }
    await writeFile(join(images, `bench-${name}.svg`), chart(scenario, results, order))
    blocks.set(name, section(scenario.about, name, tables(scenario, results, order)))
  }
  const [any] = all.values()
  if (any !== undefined) blocks.set('machine', conditions([...all.values()], any))
  const fanout = all.get('fanout')
  if (fanout !== undefined) blocks.set('capacity', capacity(fanout))
  const held = targets(all)
  blocks.set('targets', targetTable(held))
  await writeFile(document, fill(await readFile(document, 'utf8'), blocks))
  for (const { what, value, sign, bound, holds } of held) {
    console.log(`${holds ? 'holds' : 'FAILS'}  ${what}: ${value.toFixed(2)} ${sign} ${bound}`)
  }
  return run(node, [tool('@biomejs/biome', 'bin/biome'), 'format', '--write', document])
})

/** What each scenario brought on the latest day on which it was played, in as many runs as there were. */
async function newest(folder: string): Promise<Map<string, Results>> {
  const files = (await readdir(folder)).filter(name => name.endsWith('.json'))
  const all = await Promise.all(
    files.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8')) as Results),
  )
  const played = Map.groupBy(all, ({ scenario }) => scenario)
  return new Map([...played].map(([scenario, runs]) => [scenario, latest(runs)]))
}

function section(about: string, name: string, text: string): string {
  return `${about[0]?.toUpperCase()}${about.slice(1)}.

![${name}: medians of all rounds, with a line from the least to the most](images/bench-${name}.svg)

<details><summary>All figures</summary>

${text}

</details>`
}

function conditions(all: readonly Results[], { machine, versions }: Results): string {
  const { processor, cores, memory_gb, system, node, pinned } = machine
  const load = Math.max(...all.map(one => one.machine.load))
  const dates = [...new Set(all.map(({ date }) => date.slice(0, 10)))].toSorted().join(', ')
  const counts = all.flatMap(roundsOf)
  const lengths = [...new Set(all.map(({ scale }) => scale.seconds))].toSorted((a, b) => a - b)
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `Measured ${dates} on ${processor}, ${cores} cores, ${memory_gb} GB, ${system}, Node ${node.slice(1)};`,
    `${Math.min(...counts)} to ${Math.max(...counts)} rounds, ${lengths.join(' or ')} s a measurement;`,
    pinned ? 'the server had one core, the generator the other.' : 'server and generator shared the cores.',
    load > 0.5
      ? `\n**This machine was not quiet** (a load of up to ${load.toFixed(1)} when a scenario began, of the one before it or of others): believe ratios, not times.`
      : '',
    `\nVersions: ${packages.join(', ')}.`,
  ].join('\n')
}

function targetTable(held: readonly Target[]): string {
  const rows = held.map(({ what, value, sign, bound, holds }) => {
    return `| ${what} | ${value.toFixed(2)} | ${sign} ${bound} | ${holds ? 'yes' : '**no**'} |`
  })
  return ['| | measured | wanted | held |', '| --- | ---: | ---: | :---: |', ...rows].join('\n')
}
