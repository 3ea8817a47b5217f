import type { MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import type { HttpEnv } from '../channels/call-channel.ts'
import { failure } from '../errors.ts'
import { describeIssue, readBody } from './body.ts'

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
