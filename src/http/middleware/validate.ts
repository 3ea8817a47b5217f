import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { limits } from '../../protocol/limits.ts'
import { nestsDeeperThan } from '../../protocol/text.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure } from '../errors.ts'

const maxBytes = 262_144

/** Checks a JSON body against a schema, for `context.req.valid('json')`. */
export function validateBody(schema: z.ZodType): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const data = await readBody(context.req.raw, schema)
    if (data instanceof Response) return data
    context.req.addValidatedData('json', data as object)
    await next()
  }
}

/** Checks the query against a schema, for `context.req.valid('query')`. */
export function validateQuery(schema: z.ZodObject): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const parsed = schema.safeParse(context.req.query())
    if (!parsed.success) return failure('invalid', describeIssue(parsed.error))
    context.req.addValidatedData('query', parsed.data)
    await next()
  }
}

/** The schema of a whole number in a query, within bounds. */
export function countParam(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
}

/** Describes the first issue of a value by its place, without repeating what was sent. */
export function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues
  const path = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') return 'There is an unknown key.'
  return path === '' ? 'This value is not valid.' : `\`${path}\` is not valid.`
}

/** Reads a JSON body. Its bytes are counted, because `content-length` may be wrong. */
async function readBody(request: Request, schema: z.ZodType): Promise<unknown | Failure> {
  if (!/^application\/(json|cloudevents(-batch)?\+json)\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    return failure('unsupported_type', 'Send JSON, with content-type: application/json.')
  }
  const text = await readText(request.body)
  if (text === null) return failure('too_large', 'A body is at most 256 KiB long.')
  if (nestsDeeperThan(text, limits.depth)) return failure('too_deep', `JSON nests at most ${limits.depth} levels deep.`)
  const json = parseJson(text)
  if (json === undefined) return failure('bad_json', 'The body is not valid JSON.')
  const parsed = schema.safeParse(json)
  return parsed.success ? parsed.data : failure('invalid', describeIssue(parsed.error))
}

/** The body as text, or null if it is too long. */
async function readText(body: ReadableStream<Uint8Array> | null): Promise<string | null> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return null // leaving the loop cancels the stream
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** The value, or undefined, which JSON cannot express, if the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
