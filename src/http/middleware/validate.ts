import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { limits } from '../../protocol/limits.ts'
import { nestsDeeperThan } from '../../protocol/text.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure } from '../errors.ts'

// What a request brings along, checked before its handler runs, and known to Hono's typed client.

type Json<Schema extends z.ZodType> = { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } }
type Query<Schema extends z.ZodType> = { in: { query: z.input<Schema> }; out: { query: z.output<Schema> } }
type Given<In extends Json<z.ZodType> | Query<z.ZodType>> = MiddlewareHandler<HttpEnv, string, In>

/** The body, as JSON of this shape: `context.req.valid('json')`. */
export function validatedBody<Schema extends z.ZodType>(schema: Schema): Given<Json<Schema>> {
  return async (context, next) => {
    const data = await readBody(context.req.raw, schema)
    if (data instanceof Response) return data
    context.req.addValidatedData('json', data as object)
    await next()
  }
}

/** The query, of this shape: `context.req.valid('query')`. */
export function validatedQuery<Schema extends z.ZodType>(schema: Schema): Given<Query<Schema>> {
  return async (context, next) => {
    const parsed = schema.safeParse(context.req.query())
    if (!parsed.success) return failure('invalid', describeIssue(parsed.error))
    context.req.addValidatedData('query', parsed.data as object)
    await next()
  }
}

/** A whole number in a query, within bounds. */
export function countParam(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
}

const maxBytes = 262_144

/** Reads a JSON body of this shape. What the client says of its length is not believed: the bytes are counted. */
async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.infer<Schema> | Failure> {
  if (!/^application\/(json|cloudevents(-batch)?\+json)\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    return failure('unsupported_type', 'Send JSON: content-type: application/json.')
  }
  const text = await readText(request.body)
  if (text === null) return failure('too_large', 'A body has at most 256 KiB.')
  if (nestsDeeperThan(text, limits.depth)) return failure('too_deep', `JSON nests at most ${limits.depth} deep.`)
  const json = parse(text)
  if (json === undefined) return failure('bad_json', 'The body is not JSON.')
  const parsed = schema.safeParse(json)
  return parsed.success ? parsed.data : failure('invalid', describeIssue(parsed.error))
}

/** Where the first thing is wrong, in words that do not repeat what was sent. */
export function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues
  const where = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') return 'There is a key too many.'
  return where === '' ? 'This is not what is taken here.' : `\`${where}\` is not what is taken here.`
}

async function readText(body: ReadableStream<Uint8Array> | null): Promise<string | null> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return null // leaving the loop cancels the rest
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which is no JSON value
  }
}
