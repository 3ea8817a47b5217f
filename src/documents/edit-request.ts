import type * as Y from 'yjs'
import type { ComponentResult } from '../rooms/component.ts'
import { refusal } from '../rooms/outcome.ts'
import type { Session } from '../rooms/sessions/session.ts'
import type { DocumentRequest } from '../rpc/document.ts'
import { planEdits } from './anchored-edit.ts'
import type { Move } from './ids.ts'
import type { Piece } from './net-pieces.ts'
import { tooLarge } from './refusals.ts'
import type { RequestParts } from './request-parts.ts'
import { chooseRoot } from './roots.ts'
import { applyUndoably, canUndo, type UndoPiece, undoPieces } from './undo.ts'

type EditRequest = Extract<DocumentRequest, { do: 'edit' }>

/** Who makes an edit: whoever sends it, or who suggested it. */
export type Author = { id: string; name: string }

/** Edits a text at its anchors, all or none. */
export function edit(parts: RequestParts, author: Author, request: EditRequest, now: number): ComponentResult {
  const { document, edits } = parts.stored
  const planned = plan(parts, request)
  if ('refused' in planned) return planned
  const { root, pieces } = planned
  const undo: UndoPiece[] = []
  const change = (doc: Y.Doc) => void undo.push(...applyUndoably(doc, doc.getText(root), pieces))
  if (!document.edit(change, bytesOf(pieces), now)) return { refused: tooLarge(document.limits.bytes) }
  showCursor(parts, author, { root, index: endOf(pieces) }, now)
  const id = edits.add({ author: author.id, root, pieces: undo })
  return { value: { root, ...(id !== null && { edit: id }) } }
}

/** Takes back an edit of the same author, all of it or nothing. */
export function undo(parts: RequestParts, author: Author, id: number, now: number): ComponentResult {
  const { document, edits } = parts.stored
  const kept = edits.find(id, author.id)
  if (kept === null) return { refused: refusal('not_found', 'You have no such edit that can be undone.') }
  const { root, pieces } = kept
  if (!canUndo(document.doc.getText(root), pieces))
    return { refused: refusal('no_match', 'Something that this edit wrote was replaced since.') }
  const bytes = bytesOf(pieces.map(({ deleted }) => ({ inserted: deleted })))
  const moves: Move[] = []
  const change = (doc: Y.Doc) => void moves.push(...undoPieces(doc, doc.getText(root), pieces))
  if (!document.edit(change, bytes, now)) return { refused: tooLarge(document.limits.bytes) }
  edits.follow({ id, root }, moves)
  edits.remove(id)
  return { value: { root } }
}

/** How much larger a document gets, at most. */
function bytesOf(pieces: readonly Pick<Piece, 'inserted'>[]): number {
  return pieces.reduce((sum, { inserted }) => sum + 3 * inserted.length + 64, 0)
}

function endOf(pieces: readonly Piece[]): number {
  const last = pieces.at(-1)
  const shift = pieces.reduce((sum, { deleted, inserted }) => sum + inserted.length - deleted, 0)
  return last === undefined ? 0 : last.at + last.deleted + shift
}

/** Keeps edits apart until somebody accepts them. They must be possible now. */
export function suggest(parts: RequestParts, { user }: Session, request: EditRequest, now: number): ComponentResult {
  const planned = plan(parts, request)
  if ('refused' in planned) return planned
  const author = { id: user.id, name: user.name }
  const { root, pieces } = planned
  const added = parts.stored.suggestions.add({ at: now, author, root, edits: request.edits })
  if (added !== null) showCursor(parts, author, { root, index: pieces[0]?.at ?? 0 }, now)
  return added === null
    ? { refused: refusal('conflict', 'There are 100 suggestions: accept or reject some first.') }
    : { value: added }
}

/** Shows where somebody edits, unless nobody has it open: then the document need not stay awake. */
function showCursor(
  { context, stored, cursors }: RequestParts,
  author: Author,
  place: { root: string; index: number },
  now: number,
): void {
  if (context.sessions.size > 0) cursors.show(author, stored.document.doc.getText(place.root), place.index, now)
}

function plan({ stored: { document } }: RequestParts, { root: name, edits }: EditRequest) {
  const root = chooseRoot(document.doc, name)
  if ('refused' in root) return root
  if (root.type !== 'text') {
    return { refused: refusal('unsupported_root', `The root ${root.name} is ${root.type}, and can only be read.`) }
  }
  const pieces = planEdits(document.doc.getText(root.name).toString(), edits)
  return 'refused' in pieces ? pieces : { root: root.name, pieces }
}
