import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { RateSampler } from '../../lib/log-sampler.ts'
import { createLogger, faultRecord } from '../../lib/logger.ts'
import { requestIdOf } from '../../lib/request-id.ts'
import type { HttpEnv } from '../context.ts'

const refusalsAMinute = 30 // lines of one code, in one instance of the Worker: a flood of requests is none of lines
const sieve = new RateSampler(refusalsAMinute)

/** Gives every request its id, says it to the sender, and tells the log what was refused. */
export const accessLog: MiddlewareHandler<HttpEnv> = async (context, next) => {
  const request = requestIdOf(context.req.raw.headers, () => crypto.randomUUID())
  context.set('request', request)
  await next()
  if (context.res.status === 101) return // an open socket; its object says it
  if (context.res.status >= 400) await tellRefusal(context, request)
  context.header('x-request-id', request)
}

/** Tells the log that something of ours failed. */
export function logFault(context: Context<HttpEnv>, error: Error): void {
  createLogger(context.env.LOG, console)(faultRecord('worker', error, { request: context.var.request }), Date.now())
}

async function tellRefusal(context: Context<HttpEnv>, request: string): Promise<void> {
  const { status } = context.res
  const code = await codeIn(context.res)
  if (code === 'internal') return // a line of its own says what failed
  const now = Date.now()
  const leftOut = sieve.allow(code, now)
  if (leftOut === null) return
  const { who, channel } = context.var
  const entry = { event: 'refused', code, status, method: context.req.method, route: routePath(context, -1) } as const
  const more = leftOut > 0 ? { left_out: leftOut } : {}
  createLogger(context.env.LOG, console)({ request, channel, user: who ?? null, ...entry, ...more }, now)
}

/** The code that the sender is told, also by a channel's object. */
async function codeIn(response: Response): Promise<string> {
  try {
    const { error } = await response.clone().json<{ error: { code: string } }>()
    return error.code
  } catch {
    return `http_${response.status}` // none of our own errors
  }
}
