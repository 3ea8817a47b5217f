import { type Failure, failure } from '../errors.ts'

// The only code that reads the bodies of requests. A body is UTF-8, whatever the route, or it is refused.

const maxBytes = 262_144

/** Refuses a body of another media type, character set or encoding; null: it can be read. `sends`: for the refusal. */
export function refuseBodyType(request: Request, types: RegExp, sends: string): Failure | null {
  const type = request.headers.get('content-type') ?? ''
  if (!types.test(type.split(';', 1)[0]?.trim() ?? '')) return failure('unsupported_type', sends)
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type) ?? []
  if (!/^utf-?8$/i.test(charset)) return failure('unsupported_type', 'A body is UTF-8: leave out the charset.')
  const encoding = request.headers.get('content-encoding')?.trim() ?? ''
  if (encoding !== '' && !/^identity$/i.test(encoding))
    return failure('unsupported_type', 'Send the body without a content-encoding.')
  return null
}

const maxUpdateBytes = 4_194_304

/** The bytes of a body of `application/octet-stream`, or the refusal of one that is something else or too long. */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer> | Failure> {
  const refused = refuseBodyType(request, /^application\/octet-stream$/i, 'Send bytes: application/octet-stream.')
  if (refused !== null) return refused
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body ?? []) {
    length += part.byteLength
    if (length > maxUpdateBytes) return failure('too_large', 'An update is at most 4 MiB long.')
    parts.push(part)
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}

/** The body is not UTF-8. */
export class NotUtf8 extends Error {}

/** Makes a function that decodes chunks of UTF-8, and at the end, without one, what is left; throws NotUtf8. */
export function strictDecoder(): (chunk?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  return chunk => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      throw new NotUtf8()
    }
  }
}

/** The whole body as text, or the refusal of one that is too long or not UTF-8. Its bytes are counted: a header may lie. */
export async function readText(body: ReadableStream<Uint8Array> | null): Promise<string | Failure> {
  const decode = strictDecoder()
  let text = ''
  let bytes = 0
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) return failure('too_large', 'A body is at most 256 KiB long.') // leaving cancels the stream
      text += decode(chunk)
    }
    return text + decode()
  } catch (error) {
    if (error instanceof NotUtf8) return failure('bad_json', 'The body is not valid UTF-8.')
    throw error
  }
}
