import * as z from 'zod/v4'
import { apiRequest, readJson } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError } from '../exit-codes.ts'

const content = z.object({
  root: z.string(),
  type: z.string(),
  text: z.string().optional(),
  json: z.unknown().optional(),
})
const edited = z.object({ root: z.string(), edit: z.number().optional(), suggestion: z.number().optional() })
const version = z.object({
  id: z.number(),
  created_at: z.string(),
  name: z.string().nullable(),
  author: z.string().nullable(),
  bytes: z.number(),
})
const suggestion = z.object({
  id: z.number(),
  created_at: z.string(),
  author: z.object({ id: z.string(), name: z.string() }),
  root: z.string(),
  edits: z.array(z.object({ old: z.string(), new: z.string() })),
})
const suggestions = z.object({ suggestions: z.array(suggestion) })
const versions = z.object({ versions: z.array(version) })

/** Prints a document: its text, prose as Markdown, or JSON. */
export async function catDocument(
  document: string,
  { root, version }: { root?: string; version?: number },
  { server, terminal, signal }: CommandContext,
): Promise<void> {
  const query = new URLSearchParams({ ...(root && { root }), ...(version && { version: `${version}` }) })
  const response = await apiRequest(server, `${pathOf(document)}?${query}`, { signal })
  const { text, json } = await readJson(response, content)
  if (text === undefined) terminal.json(json)
  else terminal.page(text, 'out')
}

/** Replaces a text that occurs once in a document, or appends one; or suggests it. */
export async function editDocument(
  document: string,
  options: { old?: string; new: string; root?: string; suggest?: boolean },
  { server, terminal, signal }: CommandContext,
): Promise<void> {
  const { old = '', new: next, root, suggest } = options
  const body = { edits: [{ old, new: next }], ...(root && { root }), ...(suggest && { suggest }) }
  const response = await apiRequest(server, pathOf(document), {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })
  const { edit, suggestion } = await readJson(response, edited)
  if (suggestion !== undefined) terminal.err(`Suggested as number ${suggestion}.`)
  else terminal.err(edit === undefined ? `Edited ${document}.` : `Edited ${document}: this is edit ${edit}.`)
}

/** Takes back one of the last edits of a document that were made over HTTP or by an agent. */
export async function undoEdit(
  document: string,
  edit: number,
  { server, terminal, signal }: CommandContext,
): Promise<void> {
  await apiRequest(server, `${pathOf(document)}/edits/${edit}/undo`, { method: 'POST', signal })
  terminal.err(`Undid edit ${edit} of ${document}.`)
}

/** Lists what waits for somebody to accept or reject it, the oldest first. */
export async function listSuggestions(
  document: string,
  { json = false }: { json?: boolean },
  { server, terminal, signal }: CommandContext,
): Promise<void> {
  const response = await apiRequest(server, `${pathOf(document)}/suggestions`, { signal })
  for (const one of (await readJson(response, suggestions)).suggestions) {
    if (json) terminal.json(one)
    else {
      terminal.out(`${one.id}  ${one.created_at}  ${one.author.name}`)
      for (const edit of one.edits) {
        if (edit.old !== '') terminal.out(`  - ${edit.old}`)
        if (edit.new !== '') terminal.out(`  + ${edit.new}`)
      }
    }
  }
}

/** Accepts a suggestion, or rejects it. */
export async function decideSuggestion(
  document: string,
  { id, accept }: { id: number; accept: boolean },
  { server, terminal, signal }: CommandContext,
): Promise<void> {
  await apiRequest(server, `${pathOf(document)}/suggestions/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accept }),
    signal,
  })
  terminal.err(`${accept ? 'Accepted' : 'Rejected'} suggestion ${id} of ${document}.`)
}

/** Lists the versions of a document, the newest first. */
export async function listVersions(
  document: string,
  { json = false }: { json?: boolean },
  { server, terminal, signal }: CommandContext,
): Promise<void> {
  const response = await apiRequest(server, `${pathOf(document)}/versions`, { signal })
  for (const one of (await readJson(response, versions)).versions) {
    if (json) terminal.json(one)
    else terminal.out(`${one.id}  ${one.created_at}  ${one.bytes} bytes  ${one.name ?? ''}`.trimEnd())
  }
}

/** `dev/plan` as a path of the API. */
function pathOf(document: string): string {
  if (!/^[^/\s%?#]+\/[^/\s%?#]+$/.test(document)) {
    throw new CliError('usage', `"${document}" is not a document. Use its circle's name and its own, such as dev/plan.`)
  }
  return `api/documents/${document}`
}
