import type { Refusal } from '../protocol/errors.ts'
import { refusal } from '../rooms/outcome.ts'
import type { AnchoredEdit } from '../rpc/document.ts'
import { netPieces, type Piece } from './net-pieces.ts'

/** The pieces that edits, one after the other, replace in a text; or the reason one of them cannot be made. */
export function planEdits(text: string, edits: readonly AnchoredEdit[]): readonly Piece[] | { refused: Refusal } {
  const pieces: Piece[] = []
  let now = text
  for (const [index, edit] of edits.entries()) {
    const at = edit.old === '' ? now.length : now.indexOf(edit.old)
    if (at < 0) return { refused: refusal('no_match', `edits.${index}.old is not in the document.`) }
    if (edit.old !== '' && now.indexOf(edit.old, at + 1) >= 0)
      return { refused: refusal('not_unique', `edits.${index}.old occurs more than once: add what stands around it.`) }
    pieces.push(smallest(at, edit))
    now = now.slice(0, at) + edit.new + now.slice(at + edit.old.length)
  }
  return netPieces(text.length, pieces)
}

/** Without what both texts begin and end with, and without cutting a character in two. */
function smallest(at: number, { old, new: next }: AnchoredEdit): Piece {
  const most = Math.min(old.length, next.length)
  let start = 0
  while (start < most && old[start] === next[start]) start++
  if (start > 0 && isHigh(old.charCodeAt(start - 1))) start--
  let end = 0
  while (end < most - start && old[old.length - 1 - end] === next[next.length - 1 - end]) end++
  if (end > 0 && isLow(old.charCodeAt(old.length - end))) end--
  return { at: at + start, deleted: old.length - start - end, inserted: next.slice(start, next.length - end) }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}
