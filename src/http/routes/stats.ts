import { isSameSecret } from '../../lib/ids.ts'
import { type DeploymentStats, deploymentStats } from '../../protocol/stats.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { type Failure, failure } from '../errors.ts'
import { requireOwner } from '../middleware/require-owner.ts'
import { requireStats } from '../middleware/require-stats.ts'

const minTokenLength = 16 // characters
const noPrometheus = 'This Worker has no /metrics: pass `prometheus` of circles-rooms/server to circles().'

/** `GET /api/stats`: the statistics of this deployment, for its owners. */
export const getStats = endpoint(
  {
    id: 'getStats',
    method: 'get',
    path: '/api/stats',
    summary: 'Get the statistics of the deployment',
    description: 'Owners of the deployment only, such as {"*":"owner"}. `/ws/stats` sends the same as it changes.',
    responses: { 200: deploymentStats.meta({ id: 'Stats' }) },
  },
  async context => {
    const owner = await requireOwner(context)
    if (owner instanceof Response) return owner
    const stats = await readStats(context)
    return stats instanceof Response ? stats : context.json(stats, 200)
  },
)

/** `GET /metrics`: the same for Prometheus, which has its own token. */
export const getMetrics = endpoint(
  {
    id: 'getMetrics',
    method: 'get',
    path: '/metrics',
    summary: 'Get the statistics for Prometheus',
    description: 'The bearer token is the setting METRICS_TOKEN.',
    hasOwnToken: true,
    responses: { 200: 'text/plain' },
  },
  async context => {
    const refusal = refuseScrape(context)
    if (refusal !== null) return refusal
    const { prometheus } = context.get('site')
    if (prometheus === null) return failure('not_implemented', noPrometheus)
    const stats = await readStats(context)
    if (stats instanceof Response) return stats
    return new Response(prometheus(stats), {
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    })
  },
)

/** The refusal of a request that does not carry METRICS_TOKEN, or null. */
function refuseScrape({ env, req }: HttpContext): Failure | null {
  const expected = env.METRICS_TOKEN ?? ''
  if (expected.length < minTokenLength) {
    const message = `Set METRICS_TOKEN to at least ${minTokenLength} characters, and send it as a bearer token.`
    return failure('unconfigured', message)
  }
  const [, token] = /^Bearer +(\S+) *$/i.exec(req.header('authorization') ?? '') ?? []
  if (token === undefined) return failure('missing_token', 'Send METRICS_TOKEN as `Authorization: Bearer …`.')
  return isSameSecret(token, expected) ? null : failure('invalid_token', 'The token is not METRICS_TOKEN.')
}

async function readStats({ env }: HttpContext): Promise<DeploymentStats | Failure> {
  const stub = requireStats(env)
  return stub instanceof Response ? stub : stub.snapshot()
}
