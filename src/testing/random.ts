/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Random choices that are the same for the same seed. */
export type RandomChoices = {
  /** A whole number from 0 to `below` - 1. */
  roll(below: number): number
  /** One of the items. Throws if there is none. */
  pick<Item>(items: readonly Item[]): Item
  /** True as often as `probability` says, from 0 to 1. */
  chance(probability: number): boolean
}

/** Makes random choices that are the same for the same seed. */
export function randomChoices(seed: number): RandomChoices {
  const next = seededRandom(seed)
  const roll = (below: number) => Math.floor(next() * below) // 0 … below - 1
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[roll(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
  return { roll, pick, chance: (probability: number) => next() < probability }
}
