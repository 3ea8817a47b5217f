import * as z from 'zod/v4'
import { readPolicy } from '../../auth/policy.ts'
import { limitsProblem } from '../../protocol/channels/limits-setting.ts'
import { release } from '../../protocol/version.ts'
import { sinksProblem } from '../../rooms/outbound/sinks/setting.ts'
import { directoryStub } from '../../stubs.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'

const ok = z.object({ ok: z.literal(true) })

/** `GET /healthz`: the Worker runs. */
export const getHealth = endpoint(
  {
    id: 'getHealth',
    method: 'get',
    path: '/healthz',
    summary: 'Check that the Worker runs',
    isPublic: true,
    responses: { 200: ok.extend({ version: z.string() }) },
  },
  context => context.json({ ok: true, version: release }, 200),
)

/** `GET /readyz`: the Worker is configured, and the circle directory, the only object that is probed, responds. */
export const getReadiness = endpoint(
  {
    id: 'getReadiness',
    method: 'get',
    path: '/readyz',
    summary: 'Check that the deployment is ready',
    isPublic: true,
    responses: { 200: ok },
  },
  async context => {
    const policy = readPolicy(context.env)
    if (policy.kind === 'unconfigured') return failure('unavailable', policy.message)
    const problem = limitsProblem(context.env.LIMITS) ?? sinksProblem(context.env)
    if (problem !== null) return failure('unavailable', problem)
    try {
      await directoryStub(context.env).after('', 1)
    } catch {
      return failure('unavailable', 'The Durable Objects are not responding.') // whatever the reason, the Worker is not ready
    }
    return context.json({ ok: true }, 200)
  },
)
