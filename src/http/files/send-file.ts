import type { Attachment } from '../../protocol/files.ts'
import type { HttpContext } from '../context.ts'
import { failure } from '../errors.ts'
import { fileResponse, requestedRange } from './file-response.ts'

/** Sends the bytes of a file. `headers`: for whom they may be kept. */
export async function sendFile(
  { env, req }: HttpContext,
  { file, key }: { file: Attachment; key: string },
  headers: Record<string, string>,
): Promise<Response> {
  const known = req.header('if-none-match')?.includes(`"${file.sha256}"`) === true
  if (known) return new Response(null, { status: 304, headers: { ...headers, etag: `"${file.sha256}"` } })
  const range = requestedRange(req.header('range'), file.bytes)
  if (range === 'unsatisfiable') return unsatisfiable(file.bytes)
  const object = (await env.FILES?.get(key, range === null ? {} : { range })) ?? null
  if (object === null) return failure('not_found', 'There is no such file here.') // it is being deleted
  return fileResponse(file, object, { range, headers })
}

function unsatisfiable(bytes: number): Response {
  return new Response(null, { status: 416, headers: { 'content-range': `bytes */${bytes}` } })
}
