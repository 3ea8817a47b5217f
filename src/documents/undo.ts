import * as Y from 'yjs'
import type { Piece } from './net-pieces.ts'

/** What takes back one piece of an edit: what it deleted and where, and the ids of what it inserted. JSON. */
export type UndoPiece = { position: unknown; deleted: string; client: number; clock: number; length: number }

type Range = { index: number; length: number }

/** Makes pieces as operations on a shared text, from its end to its beginning; returns what takes them back. */
export function applyUndoably(doc: Y.Doc, text: Y.Text, pieces: readonly Piece[]): UndoPiece[] {
  const original = text.toString()
  return pieces.toReversed().map(({ at, deleted, inserted }) => {
    if (deleted > 0) text.delete(at, deleted)
    // It holds on to a neighbour that stays: what follows, or at the end what stands before.
    const isEnd = at === text.length
    const position = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, at, isEnd ? -1 : 0))
    const clock = Y.getState(doc.store, doc.clientID)
    if (inserted !== '') text.insert(at, inserted)
    const length = Y.getState(doc.store, doc.clientID) - clock
    return { position, deleted: original.slice(at, at + deleted), client: doc.clientID, clock, length }
  })
}

/** Takes an edit back. What others have written since stays, also in the midst of what goes. */
export function undoPieces(doc: Y.Doc, text: Y.Text, pieces: readonly UndoPiece[]): void {
  for (const piece of pieces) {
    for (const { index, length } of rangesOf(text, piece).toReversed()) text.delete(index, length)
    const position = Y.createRelativePositionFromJSON(piece.position)
    const found = Y.createAbsolutePositionFromRelativePosition(position, doc)
    if (piece.deleted !== '') text.insert(found?.type === text ? found.index : text.length, piece.deleted)
  }
}

/** Where in a text that which has these ids still is. */
function rangesOf(text: Y.Text, { client, clock, length }: UndoPiece): Range[] {
  const ranges: Range[] = []
  let index = 0
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    const start = Math.max(clock, item.id.clock)
    const end = Math.min(clock + length, item.id.clock + item.length)
    if (item.id.client === client && start < end)
      ranges.push({ index: index + start - item.id.clock, length: end - start })
    index += item.length
  }
  return ranges
}
