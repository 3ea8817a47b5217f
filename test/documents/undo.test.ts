import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { netPieces, type Piece } from '../../src/documents/net-pieces.ts'
import { applyUndoably, canUndo, followed, type UndoPiece, undoPieces } from '../../src/documents/undo.ts'

/** Pieces one after the other, anywhere in a text. */
const change = fc.record({
  text: fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') }),
  places: fc.array(fc.tuple(fc.nat(20), fc.nat(5), fc.constantFrom('', 'x', 'yz')), { maxLength: 6 }),
})

function piecesOf(text: string, places: readonly [number, number, string][]): { pieces: Piece[]; result: string } {
  let result = text
  const pieces = places.map(([place, length, inserted]) => {
    const at = Math.min(place, result.length)
    const deleted = Math.min(length, result.length - at)
    result = result.slice(0, at) + inserted + result.slice(at + deleted)
    return { at, deleted, inserted }
  })
  return { pieces, result }
}

test('pieces one after the other are the same change as pieces of the original, and undoing it brings that back', () => {
  fc.assert(
    fc.property(change, ({ text, places }) => {
      const { pieces, result } = piecesOf(text, places)
      const doc = new Y.Doc()
      const shared = doc.getText('content')
      shared.insert(0, text)
      const undo = doc.transact(() => applyUndoably(doc, shared, netPieces(text.length, pieces)))
      expect(shared.toString()).toBe(result)
      doc.transact(() => undoPieces(doc, shared, JSON.parse(JSON.stringify(undo))))
      expect(shared.toString()).toBe(text)
    }),
  )
})

test('edits one after the other, undone from the last to the first, bring back each text between them', () => {
  const changes = fc.array(change, { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(changes, all => {
      const doc = new Y.Doc()
      const shared = doc.getText('content')
      shared.insert(0, all[0]?.text ?? '')
      const before: string[] = []
      let undos: UndoPiece[][] = all.map(({ places }) => {
        const text = shared.toString()
        before.push(text)
        const { pieces } = piecesOf(text, places)
        return doc.transact(() => applyUndoably(doc, shared, netPieces(text.length, pieces)))
      })
      for (const text of before.toReversed()) {
        const last = JSON.parse(JSON.stringify(undos.at(-1)))
        expect(canUndo(shared, last)).toBe(true)
        const moves = doc.transact(() => undoPieces(doc, shared, last))
        undos = undos.slice(0, -1).map(pieces => pieces.map(piece => followed(piece, moves)))
        expect(shared.toString()).toBe(text)
      }
    }),
  )
})
