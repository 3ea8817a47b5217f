export { type RandomChoices, randomChoices, seededRandom } from '../../src/testing/random.ts'

/** The seeds of a run: `count` of them or as many as CIRCLES_RUNS says, or only the one that CIRCLES_SEED names. */
export function seeds(count: number): number[] {
  const only = globalThis.process?.env.CIRCLES_SEED
  return only === undefined ? Array.from({ length: runs(count) }, (_, index) => index + 1) : [Number(only)]
}

/** How often a generated test runs: `count` times, or as often as CIRCLES_RUNS says. */
export function runs(count: number): number {
  return Number(globalThis.process?.env.CIRCLES_RUNS ?? count)
}
