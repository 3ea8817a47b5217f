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
export function randomChoices(seed: number) {
  const next = seededRandom(seed)
  const roll = (below: number) => Math.floor(next() * below) // 0 … below - 1
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[roll(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
  return { roll, pick, chance: (probability: number) => next() < probability }
}

/** The seeds of a run: `count` of them or as many as CIRCLES_RUNS says, or only the one that CIRCLES_SEED names. */
export function seeds(count: number): number[] {
  const only = globalThis.process?.env['CIRCLES_SEED']
  return only === undefined ? Array.from({ length: runs(count) }, (_, index) => index + 1) : [Number(only)]
}

/** How often a generated test runs: `count` times, or as often as CIRCLES_RUNS says. */
export function runs(count: number): number {
  return Number(globalThis.process?.env['CIRCLES_RUNS'] ?? count)
}
