import type { MiddlewareHandler } from 'hono'
import * as z from 'zod/v4'
import { checkData } from '../../protocol/check-data.ts'
import { describeIssue } from '../../protocol/describe-issue.ts'
import { limits } from '../../protocol/limits.ts'
import { nestsDeeperThan } from '../../protocol/text.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure } from '../errors.ts'
import { readText, refuseBodyType } from './body.ts'

const jsonTypes = /^application\/(?:json|cloudevents(?:-batch)?\+json)$/i

/** Checks the JSON body of an operation against a schema, for `context.req.valid('json')`. */
export function validateBody(schema: z.ZodType, operation: string): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const data = await readBody(context.req.raw, schema, operation)
    if (data instanceof Response) return data
    context.req.addValidatedData('json', data as object)
    await next()
  }
}

/** Checks the query against a schema, for `context.req.valid('query')`. */
export function validateQuery(schema: z.ZodObject): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const parsed = schema.safeParse(context.req.query())
    if (!parsed.success) return failure('invalid', describeIssue(parsed.error, schema))
    context.req.addValidatedData('query', parsed.data)
    await next()
  }
}

/** The schema of a whole number in a query, within bounds; documents show it as an integer. */
export function countParam(min: number, max: number) {
  return z
    .string()
    .refine(text => /^\d{1,16}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .meta({ type: 'integer', minimum: min, maximum: max })
    .transform(Number)
}

/** Reads a JSON body. */
async function readBody(request: Request, schema: z.ZodType, operation: string): Promise<unknown | Failure> {
  const refusal = refuseBodyType(request, jsonTypes, 'Send JSON, with content-type: application/json.')
  if (refusal !== null) return refusal
  const text = await readText(request.body)
  if (text instanceof Response) return text
  if (nestsDeeperThan(text, limits.depth)) return failure('too_deep', `JSON nests at most ${limits.depth} levels deep.`)
  const json = parseJson(text)
  if (json === undefined) return failure('bad_json', 'The body is not valid JSON.')
  const parsed = checkData('operation', operation, schema, json)
  return parsed.success ? parsed.data : failure('invalid', describeIssue(parsed.error, schema))
}

/** The value, or undefined, which JSON cannot express, if the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
