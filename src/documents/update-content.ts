import * as Y from 'yjs'

/** What an update holds, as far as it matters before it is applied. */
export type UpdateContent = {
  structs: readonly { client: number; start: number; end: number }[] // clocks, the end exclusive
  ranges: number // of deletions
  items: number // that a document has more of afterwards, at most
}

/** Reads an update; null: it cannot be read. */
export function decodedUpdate(update: Uint8Array): UpdateContent | null {
  try {
    const { structs, ds } = Y.decodeUpdate(update)
    const ranges = [...ds.clients.values()].reduce((sum, { length }) => sum + length, 0)
    return { structs: extents(structs), ranges, items: 3 * structs.length + 2 * ranges }
  } catch {
    return null // the library throws whatever its decoders throw
  }
}

/** The extent of each client's structs; a gap in them is an extent of its own. */
function extents(structs: ReturnType<typeof Y.decodeUpdate>['structs']): UpdateContent['structs'] {
  const found: { client: number; start: number; end: number }[] = []
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue
    const { client, clock } = struct.id
    const last = found.at(-1)
    if (last?.client === client && last.end === clock) last.end = clock + struct.length
    else found.push({ client, start: clock, end: clock + struct.length })
  }
  return found
}
