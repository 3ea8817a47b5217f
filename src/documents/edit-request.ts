import type { ComponentResult } from '../rooms/component.ts'
import { refusal } from '../rooms/outcome.ts'
import type { Session } from '../rooms/sessions/session.ts'
import type { DocumentRequest } from '../rpc/document.ts'
import { applyPieces, planEdits } from './anchored-edit.ts'
import { tooLarge } from './refusals.ts'
import type { RequestParts } from './request-parts.ts'
import { chooseRoot } from './roots.ts'

type EditRequest = Extract<DocumentRequest, { do: 'edit' }>

/** Edits a text at its anchors, all or none. */
export function edit(parts: RequestParts, request: EditRequest, now: number): ComponentResult {
  const { document } = parts.stored
  const planned = plan(parts, request)
  if ('refused' in planned) return planned
  const { root, pieces } = planned
  const bytes = pieces.reduce((sum, { inserted }) => sum + 3 * inserted.length + 64, 0)
  const done = document.edit(doc => applyPieces(doc.getText(root), pieces), bytes, now)
  return done ? { value: { root } } : { refused: tooLarge(document.limits.bytes) }
}

/** Keeps edits apart until somebody accepts them. They must be possible now. */
export function suggest(parts: RequestParts, { user }: Session, request: EditRequest, now: number): ComponentResult {
  const planned = plan(parts, request)
  if ('refused' in planned) return planned
  const author = { id: user.id, name: user.name }
  const added = parts.stored.suggestions.add({ at: now, author, root: planned.root, edits: request.edits })
  return added === null
    ? { refused: refusal('conflict', 'There are 100 suggestions: accept or reject some first.') }
    : { value: added }
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
