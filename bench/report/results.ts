import type { Figures } from '../load/measurement.ts'
import type { Scale } from '../scenarios/profiles.ts'
import type { describeMachine } from '../servers/machine.ts'

/** One contestant's figures for one cell, in one round. */
export type Measured = { round: number; contestant: string; cell: string; figures: Figures }

/** All that one scenario brought, as `bench/results/*.json` keeps it. */
export type Results = {
  scenario: string
  date: string
  machine: ReturnType<typeof describeMachine>
  versions: Record<string, string>
  baseline: string
  scale: Scale
  measured: Measured[]
  failed: { round: number; contestant: string; why: string }[]
}

/** The runs of the latest day as one: what was measured in several has the rounds of all. */
export function latest(runs: readonly Results[]): Results {
  const sorted = runs.toSorted((a, b) => a.date.localeCompare(b.date))
  const last = sorted.at(-1)
  if (last === undefined) throw new Error('expected at least one run')
  const ofTheDay = sorted.filter(({ date }) => date.slice(0, 10) === last.date.slice(0, 10))
  return {
    ...last,
    scale: { ...last.scale, receivers: unionOf(ofTheDay, 'receivers'), bursts: unionOf(ofTheDay, 'bursts') },
    measured: ofTheDay.flatMap(({ measured }, run) =>
      measured.map(one => ({ ...one, round: one.round + run * 1_000 })),
    ),
    failed: ofTheDay.flatMap(({ failed }) => failed),
  }
}

function unionOf(runs: readonly Results[], what: 'receivers' | 'bursts'): number[] {
  return [...new Set(runs.flatMap(({ scale }) => scale[what]))].toSorted((a, b) => a - b)
}

/** In how many rounds each cell was measured. */
export function roundsOf(results: Results): number[] {
  return cellsOf(results).map(cell => {
    return new Set(results.measured.filter(one => one.cell === cell).map(({ round }) => round)).size
  })
}

export type Spread = { median: number; min: number; max: number }

/** Middle, least and most of some numbers. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const at = (index: number) => sorted[index] ?? Number.NaN
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) }
}

/** A figure of a contestant in a cell, over all rounds. */
export function valuesOf(results: Results, cell: string, contestant: string, figure: string): number[] {
  return results.measured
    .filter(one => one.cell === cell && one.contestant === contestant)
    .map(({ figures }) => figures[figure])
    .filter(value => value !== undefined)
}

/** The figure divided by another's of the same round: what a machine does to both of them cancels out. */
export function ratiosOf(
  results: Results,
  cell: string,
  contestant: string,
  figure: string,
  baseline = results.baseline,
): number[] {
  const inRound = (name: string, round: number) =>
    results.measured.find(one => one.cell === cell && one.contestant === name && one.round === round)?.figures[figure]
  const rounds = [...new Set(results.measured.map(({ round }) => round))]
  return rounds.flatMap(round => {
    const own = inRound(contestant, round)
    const base = inRound(baseline, round)
    return own === undefined || !base ? [] : [own / base]
  })
}

export const cellsOf = (results: Results) => [...new Set(results.measured.map(({ cell }) => cell))]
export const contestantsOf = (results: Results) => [...new Set(results.measured.map(({ contestant }) => contestant))]
