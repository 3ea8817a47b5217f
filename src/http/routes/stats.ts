import { timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { prometheusText } from '../../deployment/stats/prometheus.ts'
import { sha256 } from '../../lib/ids.ts'
import type { DeploymentStats } from '../../protocol/stats.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure, methodNotAllowed } from '../errors.ts'
import { readCredentials } from '../middleware/request-guard.ts'
import { requireOwner } from '../middleware/require-owner.ts'
import { requireStats } from '../middleware/require-stats.ts'

const shortestToken = 16 // characters

/** `GET /api/stats`: what this deployment is doing, for those who own it. */
export const stats = new Hono<HttpEnv>()
  .get('/', async context => {
    const owner = await requireOwner(context, context.var.policy, readCredentials(context.req.raw))
    if (owner instanceof Response) return owner
    const figures = await figuresOf(context)
    return figures instanceof Response ? figures : context.json(figures, 200)
  })
  .all('/', () => methodNotAllowed('GET'))

/** `GET /metrics`: the same for Prometheus, which has a token of its own. */
export const metrics = new Hono<HttpEnv>()
  .get('/metrics', async context => {
    const barred = barredFrom(context)
    if (barred !== null) return barred
    const figures = await figuresOf(context)
    if (figures instanceof Response) return figures
    return new Response(prometheusText(figures), {
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    })
  })
  .all('/metrics', () => methodNotAllowed('GET'))

function barredFrom({ env, req }: Context<HttpEnv>): Failure | null {
  const expected = env.METRICS_TOKEN ?? ''
  if (expected.length < shortestToken) {
    return failure(
      'unconfigured',
      `Set METRICS_TOKEN, at least ${shortestToken} characters, and scrape with it as a bearer token.`,
    )
  }
  const [, given] = /^Bearer +(\S+) *$/i.exec(req.header('authorization') ?? '') ?? []
  if (given === undefined) return failure('missing_token', 'Send METRICS_TOKEN as `Authorization: Bearer …`.')
  return isSame(given, expected) ? null : failure('invalid_token', 'This is not METRICS_TOKEN.')
}

// Compared by their hashes, which are equally long: how long it takes says nothing.
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)))
}

async function figuresOf({ env }: Context<HttpEnv>): Promise<DeploymentStats | Failure> {
  const object = requireStats(env)
  return object instanceof Response ? object : object.snapshot()
}
