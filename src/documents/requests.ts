import * as Y from 'yjs'
import { atLeast } from '../protocol/roles.ts'
import { utf8Length } from '../protocol/text.ts'
import type { ComponentResult } from '../rooms/component.ts'
import { refuseWriting } from '../rooms/hooks.ts'
import { Allowances, refuseOverAllowance } from '../rooms/metering/allowances.ts'
import { refusal } from '../rooms/outcome.ts'
import type { Session } from '../rooms/sessions/session.ts'
import type { DocumentRequest } from '../rpc/document.ts'
import { contentOf, differenceOf, textOf } from './content.ts'
import { edit, suggest, undo } from './edit-request.ts'
import type { RequestParts } from './request-parts.ts'
import { restoringUpdate } from './restore.ts'
import { isSame } from './same-principal.ts'
import { takeUpdate } from './take-update.ts'

type RequestOf<Name extends DocumentRequest['do']> = Extract<DocumentRequest, { do: Name }>

const writes: ReadonlySet<DocumentRequest['do']> = new Set(['import', 'edit', 'decide', 'undo', 'keep', 'restore'])

/** Answers a request that is no frame of a socket. */
export function answerRequest(
  parts: RequestParts,
  session: Session,
  request: DocumentRequest,
  now: number,
): ComponentResult {
  const { context, stored } = parts
  const refused = writes.has(request.do)
    ? (refuseWriting(context, session) ?? refuseOverAllowance(context, session, now))
    : null
  if (refused !== null) return { refused }
  if (writes.has(request.do)) stored.keepHour(now)
  const result = answer(parts, session, request, now)
  const bytes = 'refused' in result ? 0 : storedBytes(parts, request)
  if (bytes > 0) context.components.find(Allowances)?.use('bytes', session.user.id, bytes, now)
  return result
}

/** About how many bytes a request stores: what it carries, or a copy of the document. */
function storedBytes({ stored: { document } }: RequestParts, request: DocumentRequest): number {
  switch (request.do) {
    case 'import':
      return request.update.byteLength
    case 'edit':
      return utf8Length(JSON.stringify(request.edits))
    case 'keep':
    case 'restore':
      return document.state.byteLength
    default:
      return 0 // what was suggested is charged when it is suggested, and an undo takes away
  }
}

function answer(parts: RequestParts, session: Session, request: DocumentRequest, now: number): ComponentResult {
  const { document, versions, suggestions } = parts.stored
  switch (request.do) {
    case 'rights':
      return askRights(parts, session)
    case 'export':
      return { value: document.state }
    case 'import':
      return takeUpdate(document, request.update, now)
    case 'read':
      return read(parts, request)
    case 'edit':
      return request.suggest === true ? suggest(parts, session, request, now) : edit(parts, session.user, request, now)
    case 'undo':
      return undo(parts, session.user, request.id, now)
    case 'suggestions':
      return { value: suggestions.list() }
    case 'decide':
      return decide(parts, request, now)
    case 'versions':
      return { value: versions.list() }
    case 'keep':
      return keepVersion(parts, session, request, now)
    case 'compare':
      return compare(parts, request)
    case 'restore':
      return restore(parts, request, now)
    default:
      return request satisfies never
  }
}

/** Asks for the rights of everybody who has it open; only the circle wants that. */
function askRights({ context, ports }: RequestParts, { user }: Session): ComponentResult {
  if (!atLeast(user.role, 'owner')) return { refused: refusal('forbidden', 'Only the circle asks for this.') }
  const principals = [...context.sessions.values()].map(({ principal }) => principal)
  const distinct = principals.filter((one, index) => principals.findIndex(other => isSame(one, other)) === index)
  if (distinct.length > 0) ports.askRights(distinct)
  return { value: { open: context.sessions.size } }
}

function read(parts: RequestParts, { root, version }: RequestOf<'read'>): ComponentResult {
  return version === undefined ? current(parts, root) : kept(parts, version, root)
}

function current({ stored: { document } }: RequestParts, root: string | undefined): ComponentResult {
  const content = contentOf(document.doc, root, document.state.byteLength)
  return 'refused' in content ? content : { value: content }
}

function kept({ stored: { versions } }: RequestParts, version: number, root: string | undefined): ComponentResult {
  const found = versions.find(version)
  if (found === null) return noVersion
  const doc = new Y.Doc()
  Y.applyUpdate(doc, versions.read(version))
  const content = contentOf(doc, root, found.bytes)
  doc.destroy()
  return 'refused' in content ? content : { value: content }
}

const noVersion: ComponentResult = { refused: refusal('not_found', 'There is no such version.') }

function compare(parts: RequestParts, request: RequestOf<'compare'>): ComponentResult {
  const before = kept(parts, request.version, request.root)
  const after = request.with === undefined ? current(parts, request.root) : kept(parts, request.with, request.root)
  if ('refused' in before) return before
  if ('refused' in after) return after
  const [one, other] = [before, after].map(({ value }) => textOf(value as Parameters<typeof textOf>[0]))
  return { value: differenceOf(one ?? '', other ?? '') }
}

function decide(parts: RequestParts, { id, accept }: RequestOf<'decide'>, now: number): ComponentResult {
  const { suggestions } = parts.stored
  const suggestion = suggestions.find(id)
  if (suggestion === null) return { refused: refusal('not_found', 'There is no such suggestion.') }
  const { author, root, edits } = suggestion
  const result = accept ? edit(parts, author, { do: 'edit', root, edits }, now) : { value: null }
  if (!('refused' in result)) suggestions.remove(id)
  return result
}

function keepVersion(
  { stored: { document, versions } }: RequestParts,
  { user }: Session,
  { name }: RequestOf<'keep'>,
  now: number,
): ComponentResult {
  const version = versions.keep(document.state, { name, author: user.name }, now)
  return version === null
    ? { refused: refusal('conflict', 'A document has at most 100 versions with a name.') }
    : { value: version }
}

/** What is there now is kept first, as a version without a name. */
function restore(parts: RequestParts, { version }: RequestOf<'restore'>, now: number): ComponentResult {
  const { document, versions } = parts.stored
  if (versions.find(version) === null) return noVersion
  const state = versions.read(version)
  versions.keep(document.state, { name: null, author: null }, now)
  return takeUpdate(document, restoringUpdate(document.doc, state), now)
}
