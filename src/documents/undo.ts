import * as Y from 'yjs'
import { follow, type Ids, type Move } from './ids.ts'
import type { Piece } from './net-pieces.ts'

/** What takes back one piece of an edit: what it deleted and where, and the ids of what it deleted and inserted. JSON. */
export type UndoPiece = { position: Position; deleted: string; gone: readonly Ids[]; inserted: readonly Ids[] }

/** A relative position of Yjs as JSON. `item`: what it holds on to; absent, it is an end of the text. */
export type Position = { item?: { client: number; clock: number } }

type Range = { index: number; length: number }

/** Makes pieces as operations on a shared text, from its end to its beginning; returns what takes them back. */
export function applyUndoably(doc: Y.Doc, text: Y.Text, pieces: readonly Piece[]): UndoPiece[] {
  const original = text.toString()
  return pieces.toReversed().map(({ at, deleted, inserted }) => {
    const gone = idsIn(text, at, deleted)
    if (deleted > 0) text.delete(at, deleted)
    // It holds on to a neighbour that stays: what follows, or at the end what stands before.
    const isEnd = at === text.length
    const relative = Y.createRelativePositionFromTypeIndex(text, at, isEnd ? -1 : 0)
    const position: Position = Y.relativePositionToJSON(relative)
    return { position, deleted: original.slice(at, at + deleted), gone, inserted: insert(doc, text, at, inserted) }
  })
}

/** Can an edit be taken back? Not if others have removed something that it wrote in place of something else: that is theirs now. */
export function canUndo(text: Y.Text, pieces: readonly UndoPiece[]): boolean {
  return pieces.every(
    piece => piece.deleted === '' || rangesOf(text, piece).reduce(sumOf, 0) === lengthOf(piece.inserted),
  )
}

/**
 * Takes an edit back. What others have written since stays, also in the midst of what goes. Returns the new ids of what is
 * there again: other edits may have inserted it.
 */
export function undoPieces(doc: Y.Doc, text: Y.Text, pieces: readonly UndoPiece[]): Move[] {
  let moves: Move[] = []
  for (const piece of pieces) {
    for (const { index, length } of rangesOf(text, piece).toReversed()) text.delete(index, length)
    const position = Y.createRelativePositionFromJSON(piece.position)
    const found = Y.createAbsolutePositionFromRelativePosition(position, doc)
    const [again] = insert(doc, text, found?.type === text ? found.index : text.length, piece.deleted)
    if (again !== undefined) moves = [...moves, ...movesTo(again, piece.gone)]
  }
  return moves
}

/** The piece after other edits took away what it inserted, or what it holds on to, and that came back under other ids. */
export function followed({ position, inserted, ...piece }: UndoPiece, moves: readonly Move[]): UndoPiece {
  const { item, ...rest } = position
  const [to] = item === undefined ? [] : follow([[item.client, item.clock, 1]], moves)
  const moved = to === undefined ? position : { ...rest, item: { client: to[0], clock: to[1] } }
  return { ...piece, position: moved, inserted: follow(inserted, moves) }
}

function insert(doc: Y.Doc, text: Y.Text, at: number, inserted: string): Ids[] {
  if (inserted === '') return []
  const clock = Y.getState(doc.store, doc.clientID)
  text.insert(at, inserted)
  return [[doc.clientID, clock, Y.getState(doc.store, doc.clientID) - clock]]
}

function movesTo([client, clock]: Ids, gone: readonly Ids[]): Move[] {
  let passed = 0
  return gone.map(from => {
    const to: Ids = [client, clock + passed, from[2]]
    passed += from[2]
    return { from, to }
  })
}

/** Where in a text that which an edit inserted still is. */
function rangesOf(text: Y.Text, { inserted }: UndoPiece): Range[] {
  const ranges: Range[] = []
  for (const { index, id, length } of shownItems(text)) {
    for (const [client, clock, count] of inserted) {
      const start = Math.max(clock, id.clock)
      const end = Math.min(clock + count, id.clock + length)
      if (id.client === client && start < end) ranges.push({ index: index + start - id.clock, length: end - start })
    }
  }
  return ranges.toSorted((one, other) => one.index - other.index)
}

/** The ids of a part of a text. */
function idsIn(text: Y.Text, at: number, count: number): Ids[] {
  return [...shownItems(text)].flatMap(({ index, id, length }) => {
    const [start, end] = [Math.max(at, index), Math.min(at + count, index + length)]
    return start < end ? [[id.client, id.clock + start - index, end - start] as const] : []
  })
}

function* shownItems(text: Y.Text): Generator<{ index: number; id: Y.ID; length: number }> {
  let index = 0
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    yield { index, id: item.id, length: item.length }
    index += item.length
  }
}

const sumOf = (sum: number, { length }: Range): number => sum + length

const lengthOf = (all: readonly Ids[]): number => all.reduce((sum, [, , length]) => sum + length, 0)
