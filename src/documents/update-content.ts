import * as Y from 'yjs'

/** What an update holds, as far as it matters before it is applied. */
export type UpdateContent = {
  structs: readonly { client: number; start: number; end: number }[] // clocks, the end exclusive
  ranges: number // of deletions
  items: number // that a document has more of afterwards, at most
  bytes: number // by which its state grows, at most
}

const splitBytes = 12 // of what is split off where an update inserts or deletes: its kind, and where it belongs

/** Reads an update; null: it cannot be read. */
export function decodedUpdate(update: Uint8Array): UpdateContent | null {
  try {
    const { structs, ds } = Y.decodeUpdate(update)
    const ranges = [...ds.clients.values()].reduce((sum, { length }) => sum + length, 0)
    const bytes = update.byteLength + splitBytes * (structs.length + 2 * ranges)
    return { structs: extents(structs), ranges, items: 3 * structs.length + 2 * ranges, bytes }
  } catch {
    return null // the library throws whatever its decoders throw
  }
}

/** Is it an update without structs and without deletions? Who has nothing to add sends it. */
export function isEmptyUpdate(update: Uint8Array): boolean {
  return update.byteLength === 2 && update.every(byte => byte === 0)
}

/** Returns whether bytes can be read as a state vector. */
export function isStateVector(bytes: Uint8Array): boolean {
  try {
    Y.decodeStateVector(bytes)
    return true
  } catch {
    return false // the library throws whatever its decoders throw
  }
}

/** What a client has who had this state and took these updates, which must be complete. `before`: null for nothing. */
export function stateVectorAfter(before: Uint8Array | null, updates: readonly Uint8Array[]): Uint8Array {
  const clocks = before === null ? new Map<number, number>() : Y.decodeStateVector(before)
  for (const update of updates) {
    for (const [client, clock] of Y.parseUpdateMeta(update).to) {
      clocks.set(client, Math.max(clock, clocks.get(client) ?? 0))
    }
  }
  return Y.encodeStateVector(clocks)
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
