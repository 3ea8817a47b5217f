import type { Context } from 'hono'
import type { Caller } from '../auth/authenticate.ts'
import type { Configured } from '../auth/policy.ts'
import type { Resource } from '../auth/resource.ts'
import type { Env } from '../env.ts'
import type { ProtocolTables } from '../protocol/tables.ts'
import type { Site } from './site.ts'

/** The environment of Hono's handlers: the Worker's bindings, and what is known about the request so far. */
export type HttpEnv = {
  Bindings: Env
  Variables: {
    tables: ProtocolTables // of this app
    site: Site // the Worker around it
    requestId: string // in every log record that the request causes
    policy: Configured // below /api, once the guard has let the request through
    caller: Caller // in the handlers of endpoints that are not public
    userId?: string | null // once the credentials are checked; null: none were sent
    resource?: Resource // what the request is about, once that is known
  }
}

/** Hono's context of a request to this Worker. */
export type HttpContext = Context<HttpEnv>

/** The address under which this deployment was reached, with what precedes every path. */
export function baseOf({ req, var: { site } }: HttpContext): string {
  return `${new URL(req.url).origin}${site.basePath}`
}
