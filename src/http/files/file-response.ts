import type { Attachment } from '../../protocol/files.ts'
import { imageTypes } from './sniff.ts'

/** Some of the bytes of a file. */
export type FileRange = { offset: number; length: number }

/**
 * The response with the bytes of a file. Nothing in it runs, wherever it is opened: it is sandboxed, it is what its bytes
 * are, and only images are shown in place; all else is saved. `range`: what of it is sent, null: all of it.
 */
export function fileResponse(
  file: Attachment,
  { body }: Pick<R2ObjectBody, 'body'>,
  { range, headers: more }: { range: FileRange | null; headers: Record<string, string> },
): Response {
  const headers = new Headers({
    'accept-ranges': 'bytes',
    'content-disposition': dispositionOf(file),
    'content-length': `${range?.length ?? file.bytes}`,
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    'content-type': file.media_type === 'text/plain' ? 'text/plain; charset=utf-8' : file.media_type,
    etag: `"${file.sha256}"`,
    ...more,
  })
  if (range === null) return new Response(body, { headers })
  headers.set('content-range', `bytes ${range.offset}-${range.offset + range.length - 1}/${file.bytes}`)
  return new Response(body, { status: 206, headers })
}

/** What a request asks for of a file: a range of bytes, or null: all of it. Several ranges are all of it. */
export function requestedRange(header: string | undefined, bytes: number): FileRange | 'unsatisfiable' | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return null
  const offset = from === '' ? Math.max(0, bytes - Number(to)) : Number(from)
  const end = from === '' || to === '' ? bytes : Math.min(Number(to) + 1, bytes)
  if (offset >= bytes || end <= offset) return 'unsatisfiable'
  return { offset, length: end - offset }
}

/** RFC 6266: the name in ASCII for old programs, and as it is for all others. */
function dispositionOf({ name, media_type }: Attachment): string {
  const kind = imageTypes.has(media_type) ? 'inline' : 'attachment'
  const ascii = name.replace(/[^\u0020-\u007e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
