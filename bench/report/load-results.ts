import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mergeLatestDay, type RunResults } from './results.ts'
import type { ResultsByScenario } from './targets.ts'

/** Loads the results of each scenario from a folder: those of the latest day it was run on, from all runs of that day. */
export async function loadResults(folder: string): Promise<ResultsByScenario> {
  const files = (await readdir(folder)).filter(name => name.endsWith('.json')).toSorted()
  const runs = await Promise.all(
    files.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8')) as RunResults),
  )
  const byScenario = Map.groupBy(runs, ({ scenario }) => scenario)
  return new Map([...byScenario].map(([scenario, ofScenario]) => [scenario, mergeLatestDay(ofScenario)]))
}
