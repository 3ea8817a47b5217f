import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { RateSampler } from '../../lib/log-sampler.ts'
import { createLogger, faultRecord } from '../../lib/logger.ts'
import { requestIdOf } from '../../lib/request-id.ts'
import type { HttpContext, HttpEnv } from '../context.ts'

const refusalsPerMinute = 30 // records per code in one instance of the Worker: a flood of requests must not flood the log
const sampler = new RateSampler(refusalsPerMinute)

/** Gives every request an id, returns it in `x-request-id`, and logs refusals. */
export const accessLog: MiddlewareHandler<HttpEnv> = async (context, next) => {
  const requestId = requestIdOf(context.req.raw.headers, () => crypto.randomUUID())
  context.set('requestId', requestId)
  await next()
  if (context.res.status === 101) return // an open socket: its object logs it
  if (context.res.status >= 400) await logRefusal(context)
  context.header('x-request-id', requestId)
}

/** Logs an error that a handler threw. */
export function logFault(context: HttpContext, error: Error): void {
  const record = faultRecord('worker', error, { request: context.var.requestId })
  createLogger(context.env.LOG, console)(record, Date.now())
}

async function logRefusal(context: HttpContext): Promise<void> {
  const { status } = context.res
  const code = await readErrorCode(context.res)
  if (code === 'internal') return // has a record of its own, which says what failed
  const now = Date.now()
  const leftOut = sampler.allow(code, now)
  if (leftOut === null) return
  const { requestId, userId, resource } = context.var
  const route = routePath(context, -1)
  const refusal = { event: 'refused', code, status, method: context.req.method, route } as const
  const sampled = leftOut > 0 ? { left_out: leftOut } : {}
  const record = { request: requestId, channel: resource, user: userId ?? null, ...refusal, ...sampled }
  createLogger(context.env.LOG, console)(record, now)
}

/** The code that a response returns, whether the Worker or a channel's object made it. */
async function readErrorCode(response: Response): Promise<string> {
  try {
    const { error } = await response.clone().json<{ error: { code: string } }>()
    return error.code
  } catch {
    return `http_${response.status}` // not one of our own error responses
  }
}
