/** What one client inserted: its id, the clock of the first, and how many. */
export type Ids = readonly [client: number, clock: number, length: number]

/** The same text under other ids: it was deleted, and inserted again. */
export type Move = { from: Ids; to: Ids }

/** The ids under which a text is there after it was moved. */
export function follow(all: readonly Ids[], moves: readonly Move[]): Ids[] {
  return all.flatMap(ids => followOne(ids, moves))
}

function followOne(ids: Ids, moves: readonly Move[]): Ids[] {
  const [client, clock, length] = ids
  if (length === 0) return []
  const move = moves.find(({ from }) => overlap(from, ids))
  if (move === undefined) return [ids]
  const [, from, count] = move.from
  const start = Math.max(clock, from)
  const end = Math.min(clock + length, from + count)
  return [
    ...followOne([client, clock, start - clock], moves),
    [move.to[0], move.to[1] + start - from, end - start],
    ...followOne([client, end, clock + length - end], moves),
  ]
}

function overlap([client, clock, length]: Ids, [otherClient, otherClock, otherLength]: Ids): boolean {
  return client === otherClient && clock < otherClock + otherLength && otherClock < clock + length
}
