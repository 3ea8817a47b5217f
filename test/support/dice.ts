/** Chance that can be repeated: the same seed throws the same dice (mulberry32). */
export function dice(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    /** An integer from 0 to below `sides`. */
    roll: (sides: number) => Math.floor(next() * sides),
    chance: (probability: number) => next() < probability,
    pick: <Item>(items: readonly Item[]): Item => {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}

/** Seeds of a run: as many as wanted from a base, or the one that CIRCLES_SEED names. */
export function seeds(count: number): number[] {
  const only = process.env['CIRCLES_SEED']
  return only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)]
}
