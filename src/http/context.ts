import type { Configured } from '../auth/policy.ts'
import type { Resource } from '../auth/resource.ts'
import type { Env } from '../env.ts'

/** What Hono's handlers have at hand: the bindings, and what is known of the request by now. */
export type HttpEnv = {
  Bindings: Env
  Variables: {
    request: string // its id, in every line of the log it causes
    policy: Configured // once the gate is passed
    who?: string | null // user id
    channel?: Resource
  }
}
