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
const edited = z.object({ root: z.string(), suggestion: z.number().optional() })
const version = z.object({
  id: z.number(),
  created_at: z.string(),
  name: z.string().nullable(),
  author: z.string().nullable(),
  bytes: z.number(),
})
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
  const { suggestion } = await readJson(response, edited)
  terminal.err(suggestion === undefined ? `Edited ${document}.` : `Suggested as number ${suggestion}.`)
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
