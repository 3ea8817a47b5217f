import type { Figures } from '../load/measurement.ts'
import type { LoadProfile } from '../scenarios/profiles.ts'
import type { describeMachine } from '../servers/machine.ts'

/** One subject's figures for one variant of a scenario, in one round. */
export type Measurement = { round: number; subject: string; variant: string; figures: Figures }

/** The results of one scenario, as bench/results/*.json stores them. */
export type RunResults = {
  scenario: string
  date: string
  machine: ReturnType<typeof describeMachine>
  versions: Record<string, string>
  baseline: string
  profile: LoadProfile
  measurements: Measurement[]
  failures: { round: number; subject: string; reason: string }[]
}

/** Merges the runs of the latest day: a variant measured in several runs has the rounds of all of them. */
export function mergeLatestDay(runs: readonly RunResults[]): RunResults {
  const sorted = runs.toSorted((a, b) => a.date.localeCompare(b.date))
  const last = sorted.at(-1)
  if (last === undefined) throw new Error('expected at least one run')
  const ofThatDay = sorted.filter(({ date }) => date.slice(0, 10) === last.date.slice(0, 10))
  return {
    ...last,
    profile: { ...last.profile, receivers: unionOf(ofThatDay, 'receivers'), bursts: unionOf(ofThatDay, 'bursts') },
    measurements: ofThatDay.flatMap(({ measurements }, run) =>
      measurements.map(one => ({ ...one, round: one.round + run * 1_000 })),
    ),
    failures: ofThatDay.flatMap(({ failures }) => failures),
  }
}

function unionOf(runs: readonly RunResults[], field: 'receivers' | 'bursts'): number[] {
  return [...new Set(runs.flatMap(({ profile }) => profile[field]))].toSorted((a, b) => a - b)
}

/** Returns the number of rounds of each variant. */
export function roundsPerVariant(results: RunResults): number[] {
  return variantsOf(results).map(variant => {
    return new Set(results.measurements.filter(one => one.variant === variant).map(({ round }) => round)).size
  })
}

/** The median, minimum and maximum of some numbers; NaN if there are none. */
export type Spread = { median: number; min: number; max: number }

/** Returns the median, minimum and maximum of some numbers. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const at = (index: number) => sorted[index] ?? Number.NaN
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) }
}

/** Names one figure of one subject in one variant. */
export type FigureKey = { variant: string; subject: string; figure: string }

/** Returns a figure's values over all rounds. */
export function valuesOf(results: RunResults, { variant, subject, figure }: FigureKey): number[] {
  return results.measurements
    .filter(one => one.variant === variant && one.subject === subject)
    .map(({ figures }) => figures[figure])
    .filter(value => value !== undefined)
}

/** Divides a figure by the baseline's of the same round: the state of the machine affects both and cancels out. */
export function ratiosOf(
  results: RunResults,
  { variant, subject, figure }: FigureKey,
  baseline = results.baseline,
): number[] {
  const inRound = (name: string, round: number) =>
    results.measurements.find(one => one.variant === variant && one.subject === name && one.round === round)?.figures[
      figure
    ]
  const rounds = [...new Set(results.measurements.map(({ round }) => round))]
  return rounds.flatMap(round => {
    const own = inRound(subject, round)
    const base = inRound(baseline, round)
    return own === undefined || !base ? [] : [own / base]
  })
}

/** Returns the variants that were measured, in order. */
export const variantsOf = (results: RunResults) => [...new Set(results.measurements.map(({ variant }) => variant))]

/** Returns the subjects that were measured. */
export const subjectsOf = (results: RunResults) => [...new Set(results.measurements.map(({ subject }) => subject))]
