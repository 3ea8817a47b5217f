/** A piece of a text that is replaced. */
export type Piece = { at: number; deleted: number; inserted: string }

type Run = { text: string } | { from: number; to: number } // what is new, or a part of the original

/**
 * The same change as pieces of the original text, in order, with something that stays between any two of them. `pieces`: one after
 * the other, each with positions after those before it.
 */
export function netPieces(length: number, pieces: readonly Piece[]): Piece[] {
  const runs = pieces.reduce(replaceIn, [{ from: 0, to: length }] as Run[])
  const net: Piece[] = []
  let [at, inserted] = [0, '']
  for (const run of [...runs, { from: length, to: length }]) {
    if ('text' in run) {
      inserted += run.text
      continue
    }
    if (run.from === run.to && run.from < length) continue
    if (run.from > at || inserted !== '') net.push({ at, deleted: run.from - at, inserted })
    ;[at, inserted] = [run.to, '']
  }
  return net
}

function replaceIn(runs: readonly Run[], { at, deleted, inserted }: Piece): Run[] {
  const before = cut(runs, 0, at)
  const after = cut(runs, at + deleted, Number.POSITIVE_INFINITY)
  return [...before, { text: inserted }, ...after]
}

function cut(runs: readonly Run[], start: number, end: number): Run[] {
  let passed = 0
  return runs.flatMap(run => {
    const length = 'text' in run ? run.text.length : run.to - run.from
    const [from, to] = [Math.max(0, start - passed), Math.min(length, end - passed)]
    passed += length
    if (from >= to) return []
    return 'text' in run ? { text: run.text.slice(from, to) } : { from: run.from + from, to: run.from + to }
  })
}
