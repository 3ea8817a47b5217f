// npm run bench:report: writes bench/results/README.md and its charts from the latest results of each scenario.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main, root } from '../../scripts/toolchain.mjs'
import { scenarios } from '../scenarios/scenarios.ts'
import { chart } from './chart.ts'
import { renderReport, showValue, subjectOrder } from './document.ts'
import { loadResults } from './load-results.ts'
import { evaluateTargets } from './targets.ts'

const folder = join(root, 'bench/results')
const charts = join(folder, 'charts')

await main(async () => {
  const all = await loadResults(process.argv[2] ?? folder)
  await mkdir(charts, { recursive: true })
  for (const [name, scenario] of scenarios) {
    const results = all.get(name)
    if (results !== undefined) await writeFile(join(charts, `${name}.svg`), chart(scenario, results, subjectOrder))
  }
  await writeFile(join(folder, 'README.md'), renderReport(all))
  for (const target of evaluateTargets(all)) {
    const { title, sign, bound, holds } = target
    console.log(`${holds ? 'holds' : 'FAILS'}  ${title}: ${showValue(target)} ${sign} ${bound}`)
  }
  return 0
})
