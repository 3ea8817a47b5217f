import type { Context, Handler, Hono } from 'hono'
import type { Schema, ToSchema, TypedResponse } from 'hono/types'
import type { z } from 'zod/v4'
import type { HttpEnv } from './context.ts'
import { methodNotAllowed } from './errors.ts'
import { createHono } from './hono.ts'
import { identifyCaller } from './middleware/identify-caller.ts'
import { validateBody, validateQuery } from './middleware/validate.ts'
import type { Operation } from './openapi/operation.ts'

/** An operation and the handlers that serve it; `Typed` is its part of the API of Hono's typed client. */
export type Endpoint<Typed extends Schema = Schema> = {
  operation: Operation
  handlers: Handler<HttpEnv>[]
  typed?: Typed // for the compiler; never set
}

/** An operation. `accepts`: schema used to validate the body, where it differs from the documented one. */
type Definition = Operation & { accepts?: z.ZodType }

type BodyOf<D> = D extends { accepts: infer Body } ? Body : D extends { body: infer Body } ? Body : null
type InputOf<D> = {
  in: (D extends { query: infer Query } ? { query: z.input<Query> } : object) &
    (BodyOf<D> extends z.ZodType ? { json: z.input<BodyOf<D>> } : object)
  out: (D extends { query: infer Query } ? { query: z.output<Query> } : object) &
    (BodyOf<D> extends z.ZodType ? { json: z.output<BodyOf<D>> } : object)
}
type ResponseOf<Result> = Result extends TypedResponse ? Result : TypedResponse

/**
 * Makes an endpoint. Before the handler runs, the sender is identified, unless the operation is public or checks a token of
 * its own, and only then the query and the body are read and checked against the operation's schemas.
 */
export function endpoint<const D extends Definition, Result extends Response>(
  definition: D,
  handler: (context: Context<HttpEnv, D['path'], InputOf<D>>) => Result | Promise<Result>,
): Endpoint<ToSchema<D['method'], D['path'], InputOf<D>, ResponseOf<Result>>> {
  const { accepts, ...operation }: Definition = definition
  const { query, body, isPublic, hasOwnToken } = operation
  const schema = accepts ?? body
  return {
    operation,
    handlers: [
      ...(isPublic || hasOwnToken ? [] : [identifyCaller]),
      ...(query === undefined ? [] : [validateQuery(query)]),
      ...(schema === undefined ? [] : [validateBody(schema, operation.id)]),
      handler as Handler<HttpEnv>,
    ],
  }
}

/** The name of a kind of channel as a part of an operation's id. */
export function capitalized(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}

/** Makes the router of endpoints; other methods of their paths are refused, and the response lists those that exist. */
export function routerOf<E extends Endpoint>(endpoints: readonly E[]): Hono<HttpEnv, SchemaOf<E>> {
  const router = createHono()
  for (const [path, group] of Map.groupBy(endpoints, ({ operation }) => operation.path)) {
    for (const { operation, handlers } of group) router.on(methodOf(operation), [path], ...handlers)
    router.all(path, () => methodNotAllowed(...group.map(({ operation }) => methodOf(operation))))
  }
  return router as Hono<HttpEnv, SchemaOf<E>>
}

function methodOf({ method }: Operation): string {
  return method.toUpperCase()
}

type SchemaOf<E> = Intersection<E extends Endpoint<infer Typed> ? Typed : never>
type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer All extends Schema,
) => void
  ? All
  : never
