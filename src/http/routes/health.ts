import { Hono } from 'hono'
import { readPolicy } from '../../auth/policy.ts'
import { limitsProblem } from '../../protocol/limits.ts'
import { release } from '../../protocol/version.ts'
import { directoryStub } from '../../stubs.ts'
import type { HttpEnv } from '../context.ts'
import { failure, methodNotAllowed } from '../errors.ts'

/** `/healthz`: the Worker runs. `/readyz`: it is configured, and its objects answer. */
export const health = new Hono<HttpEnv>()
  .get('/healthz', context => context.json({ ok: true, version: release }, 200))
  .all('/healthz', () => methodNotAllowed('GET'))
  .get('/readyz', async context => {
    const policy = readPolicy(context.env)
    if (policy.kind === 'unconfigured') return failure('unavailable', policy.message)
    const problem = limitsProblem(context.env.LIMITS)
    if (problem !== null) return failure('unavailable', problem)
    try {
      await directoryStub(context.env).after('', 1)
    } catch {
      return failure('unavailable', 'The objects do not answer.') // whatever it is, it is not ready
    }
    return context.json({ ok: true }, 200)
  })
  .all('/readyz', () => methodNotAllowed('GET'))
