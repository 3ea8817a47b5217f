import { chance as randomly } from './chance.ts'

/** Chance that can be repeated: the same seed throws the same dice. */
export function dice(seed: number) {
  const next = randomly(seed)
  const roll = (sides: number) => Math.floor(next() * sides) // from 0 to below `sides`
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[roll(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
  return { roll, pick, chance: (probability: number) => next() < probability }
}

/** Seeds of a run: as many as wanted, or the one that CIRCLES_SEED names. */
export function seeds(count: number): number[] {
  const only = globalThis.process?.env['CIRCLES_SEED']
  return only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)]
}
