import * as z from 'zod/v4'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import { idText, text } from '../../protocol/text-schema.ts'
import type { DocumentContent, Suggestion, TextDifference, Version } from '../../rpc/document.ts'
import { callAdmin, callAdminIn } from '../channels/admin-call.ts'
import { openChannel } from '../channels/call-channel.ts'
import { callDocument } from '../channels/call-document.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'
import { readBytes } from '../middleware/body.ts'
import { countParam } from '../middleware/validate.ts'

const one = '/api/documents/:circle/:document'
const editsAtMost = 100
const number = countParam(1, Number.MAX_SAFE_INTEGER)
const root = idText().max(64)

const content = z
  .object({
    root: z.string(),
    type: z.enum(['text', 'prose', 'array', 'map']),
    text: z.string().optional(), // of a text, or of prose as Markdown
    json: z.unknown().optional(), // of an array or a map
    bytes: z.int(), // of the whole document
  })
  .meta({ id: 'DocumentContent' })
const edit = z.strictObject({ old: text(), new: text() }).meta({ id: 'AnchoredEdit' })
const suggestion = z
  .object({
    id: z.int(),
    created_at: z.iso.datetime(),
    author: z.object({ id: z.string(), name: z.string() }),
    root: z.string(),
    edits: z.array(edit),
  })
  .meta({ id: 'Suggestion' })
const version = z
  .object({
    id: z.int(),
    created_at: z.iso.datetime(),
    name: z.string().nullable(), // null: kept because an hour had passed
    author: z.string().nullable(),
    bytes: z.int(),
  })
  .meta({ id: 'DocumentVersion' })
const difference = z.object({ line: z.int(), removed: z.array(z.string()), added: z.array(z.string()) })
const editBody = z.strictObject({
  root: root.optional(),
  edits: z.array(edit).min(1).max(editsAtMost),
  suggest: z.boolean().optional(),
})

const dated = <One extends { at: number }>({ at, ...rest }: One) => ({ ...rest, created_at: timestamp(at) })

/** The number in the path; 0, which nothing has, for one that is none. */
function numberIn(context: HttpContext): number {
  const text = context.req.param('number') ?? ''
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : 0
}

const listDocuments = endpoint(
  {
    id: 'listDocuments',
    method: 'get',
    path: '/api/documents/:circle',
    summary: 'List the documents of a circle',
    description: 'By name: those that somebody has opened who may write.',
    responses: { 200: z.object({ documents: z.array(z.object({ name: z.string(), created_at: z.iso.datetime() })) }) },
  },
  async context => {
    const request = { do: 'component', name: 'documents', request: { do: 'list' } } as const
    const result = await callAdmin<'component'>(context, request)
    if (result instanceof Response) return result
    return context.json({ documents: result.value as { name: string; created_at: string }[] }, 200)
  },
)

const getDocument = endpoint(
  {
    id: 'getDocument',
    method: 'get',
    path: one,
    summary: 'Read a document',
    description: 'A text, prose as Markdown, or JSON. `root` names a shared type; 409 without it if there are several.',
    query: z.object({ root: root.optional(), version: number.optional() }),
    responses: { 200: content },
  },
  async context => {
    const result = await callDocument<DocumentContent>(context, { do: 'read', ...context.req.valid('query') })
    return result instanceof Response ? result : context.json(result.value, 200)
  },
)

const editDocument = endpoint(
  {
    id: 'editDocument',
    method: 'patch',
    path: one,
    summary: 'Edit a text at its anchors',
    description:
      'Replaces texts that occur once, one after the other, all or none; an empty `old` is the end. With `suggest` the edits wait until somebody accepts them.',
    body: editBody,
    responses: { 200: z.object({ root: z.string(), edit: z.int().optional(), suggestion: z.int().optional() }) },
  },
  async context => {
    const result = await callDocument<{ root: string; edit?: number; id?: number }>(context, {
      do: 'edit',
      ...context.req.valid('json'),
    })
    if (result instanceof Response) return result
    const { root, edit, id } = result.value
    const numbers = { ...(edit !== undefined && { edit }), ...(id !== undefined && { suggestion: id }) }
    return context.json({ root, ...numbers }, 200)
  },
)

const undoEdit = endpoint(
  {
    id: 'undoDocumentEdit',
    method: 'post',
    path: `${one}/edits/:number/undo`,
    summary: 'Undo an edit',
    description:
      'One of the last 100 that were made over HTTP or by agents, by who made it. What others wrote since stays; 409 if something that it wrote in place of something else was replaced since.',
    responses: { 204: 'It is undone.' },
  },
  async context => {
    const result = await callDocument<unknown>(context, { do: 'undo', id: numberIn(context) })
    return result instanceof Response ? result : context.body(null, 204)
  },
)

const deleteDocument = endpoint(
  {
    id: 'deleteDocument',
    method: 'delete',
    path: one,
    summary: 'Delete a document with its versions',
    description: 'Owners only. Repeat both names in `confirm`: `dev/plan`. Sockets close with 4410.',
    query: z.object({ confirm: idText() }),
    responses: { 204: 'Nothing is left of it.' },
  },
  async context => {
    const call = await openChannel(context, 'document')
    if (call instanceof Response) return call
    if (`document:${context.req.valid('query').confirm}` !== call.channel)
      return failure('invalid', 'Repeat the names of the document to confirm: ?confirm=<circle>/<document>.')
    const deleted = await callAdminIn<'delete'>(call, { do: 'delete' })
    return deleted instanceof Response ? deleted : context.body(null, 204)
  },
)

const listSuggestions = endpoint(
  {
    id: 'listSuggestions',
    method: 'get',
    path: `${one}/suggestions`,
    summary: 'List the suggestions for a document',
    description: 'The edits that wait for somebody to accept or reject them, the oldest first.',
    responses: { 200: z.object({ suggestions: z.array(suggestion) }) },
  },
  async context => {
    const result = await callDocument<Suggestion[]>(context, { do: 'suggestions' })
    return result instanceof Response ? result : context.json({ suggestions: result.value.map(dated) }, 200)
  },
)

const decideSuggestion = endpoint(
  {
    id: 'decideSuggestion',
    method: 'post',
    path: `${one}/suggestions/:number`,
    summary: 'Accept or reject a suggestion',
    description: 'Whoever may write decides. 409 if what it replaces is not there any more; then it stays.',
    body: z.strictObject({ accept: z.boolean() }),
    responses: { 204: 'It is decided.' },
  },
  async context => {
    const id = numberIn(context)
    const result = await callDocument<unknown>(context, { do: 'decide', id, ...context.req.valid('json') })
    return result instanceof Response ? result : context.body(null, 204)
  },
)

const listVersions = endpoint(
  {
    id: 'listDocumentVersions',
    method: 'get',
    path: `${one}/versions`,
    summary: 'List the versions of a document',
    description: 'One for each hour in which it was edited, and those with a name; the newest first.',
    responses: { 200: z.object({ versions: z.array(version) }) },
  },
  async context => {
    const result = await callDocument<Version[]>(context, { do: 'versions' })
    return result instanceof Response ? result : context.json({ versions: result.value.map(dated) }, 200)
  },
)

const keepVersion = endpoint(
  {
    id: 'createDocumentVersion',
    method: 'post',
    path: `${one}/versions`,
    summary: 'Keep what is there as a version with a name',
    description: 'A document has at most 100 of them.',
    body: z.strictObject({ name: idText().min(1).max(100) }),
    responses: { 201: version },
  },
  async context => {
    const result = await callDocument<Version>(context, { do: 'keep', ...context.req.valid('json') })
    return result instanceof Response ? result : context.json(dated(result.value), 201)
  },
)

const compareVersion = endpoint(
  {
    id: 'compareDocumentVersion',
    method: 'get',
    path: `${one}/versions/:number`,
    summary: 'Compare a version as text',
    description: 'With another one, or with what is there now: the lines between what both begin and end with.',
    query: z.object({ with: number.optional(), root: root.optional() }),
    responses: { 200: z.object({ difference: difference.nullable() }) }, // null: they are the same
  },
  async context => {
    const id = numberIn(context)
    const request = { do: 'compare', version: id, ...context.req.valid('query') } as const
    const result = await callDocument<TextDifference | null>(context, request)
    return result instanceof Response ? result : context.json({ difference: result.value }, 200)
  },
)

const restoreVersion = endpoint(
  {
    id: 'restoreDocumentVersion',
    method: 'post',
    path: `${one}/versions/:number/restore`,
    summary: 'Restore a version',
    description: 'As an edit that everybody receives; what is there now is kept as a version.',
    responses: { 204: 'It is restored.' },
  },
  async context => {
    const id = numberIn(context)
    const result = await callDocument<unknown>(context, { do: 'restore', version: id })
    return result instanceof Response ? result : context.body(null, 204)
  },
)

const exportDocument = endpoint(
  {
    id: 'exportDocument',
    method: 'get',
    path: `${one}/export`,
    summary: 'Export a document',
    description: 'Its state as one update of Yjs, which every program that uses Yjs can apply.',
    responses: { 200: 'application/octet-stream' },
  },
  async context => {
    const result = await callDocument<Uint8Array<ArrayBuffer>>(context, { do: 'export' })
    if (result instanceof Response) return result
    return new Response(result.value, { headers: { 'content-type': 'application/octet-stream' } })
  },
)

const importDocument = endpoint(
  {
    id: 'importDocument',
    method: 'post',
    path: `${one}/import`,
    summary: 'Merge an update of Yjs into a document',
    description: 'Such as an export; it comes as an edit.',
    bodyType: 'application/octet-stream',
    responses: { 204: 'It is merged.' },
  },
  async context => {
    const update = await readBytes(context.req.raw)
    if (update instanceof Response) return update
    const result = await callDocument<unknown>(context, { do: 'import', update })
    return result instanceof Response ? result : context.body(null, 204)
  },
)

/** The operations on documents: `/api/documents/…`. */
export const documentEndpoints = [
  ...[listDocuments, getDocument, editDocument, undoEdit, deleteDocument, listSuggestions, decideSuggestion],
  ...[listVersions, keepVersion, compareVersion, restoreVersion, exportDocument, importDocument],
]
