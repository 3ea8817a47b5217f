import type { Hono, Next } from 'hono'
import { cors } from 'hono/cors'
import { isOriginAllowed } from '../auth/origin.ts'
import { readPolicy } from '../auth/policy.ts'
import type { ProtocolTables } from '../protocol/tables.ts'
import { baseOf, type HttpContext, type HttpEnv } from './context.ts'
import { failure } from './errors.ts'
import { createHono } from './hono.ts'
import { accessLog, logFault } from './middleware/access-log.ts'
import { guardHost } from './middleware/host-guard.ts'
import { identifyCaller } from './middleware/identify-caller.ts'
import { guardRequest } from './middleware/request-guard.ts'
import { servePage } from './page.ts'
import { callOwnCode } from './routes/own-requests.ts'
import { createRoutes } from './routes.ts'
import { type Discovery, discoveryPaths, ownSite, type Site } from './site.ts'
import { socketPaths } from './sockets/socket-routes.ts'
import { statsSocket } from './sockets/stats-socket.ts'
import { upgrade } from './sockets/upgrade.ts'

// The Worker's own responses are no pages: they must load nothing, be framed by nothing and be stored nowhere.
const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Makes the HTTP side of a Worker with these tables: the API, its documentation and the upgrades of sockets. */
export function createApp(tables: ProtocolTables, site: Site = ownSite): Hono<HttpEnv> {
  const app = createHono()
  app.use(async (context, next) => {
    context.set('tables', tables)
    context.set('site', site)
    await next()
  })
  app.use(dropHeadBody)
  app.use(accessLog)
  app.use(secure)
  app.use(guardHost)
  app.all('/ws/stats', context => statsSocket(context))
  if (site.inbox !== null) app.all('/ws/me', site.inbox.socket)
  if (site.connectedAgents !== null) app.all('/ws/agents/:name/connect', site.connectedAgents.socket)
  for (const path of socketPaths(tables.kinds)) app.all(path, context => upgrade(context, Date.now()))
  app.use('/api/*', crossOrigin)
  app.use('/api/*', guard)
  app.all('/api/circles/:name/x/*', identifyCaller, context => callOwnCode(context))
  const { mcp, discovery } = site
  if (mcp !== null)
    app.all('/mcp', crossOrigin, guard, identifyCaller, async (context, next) => (await mcp()).serveMcp(context, next))
  if (discovery !== null) addDiscovery(app, discovery)
  app.route('/', createRoutes(tables, site).router)
  app.notFound(servePage)
  app.onError((error, context) => {
    if (isTransient(error)) return failure('unavailable', 'This channel is overloaded; try again.')
    logFault(context, error)
    return failure('internal', 'An internal error occurred.')
  })
  return app
}

function addDiscovery(app: Hono<HttpEnv>, discovery: Discovery): void {
  for (const path of discoveryPaths) {
    app.get(path, context => {
      const { site } = context.var
      return discovery({ base: baseOf(context), hasMcp: site.mcp !== null, hasDocs: site.apiDocs !== null })[path]()
    })
  }
}

/** Ends what a handler prepared for the body of a HEAD request, which is never sent. */
async function dropHeadBody(context: HttpContext, next: Next): Promise<void> {
  await next()
  if (context.req.raw.method === 'HEAD') await context.res.body?.cancel()
}

async function secure(context: HttpContext, next: Next): Promise<void> {
  await next()
  if (context.res.status === 101) return // an open socket, whose headers are the channel's
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (!context.res.headers.has(name)) context.header(name, value)
  }
}

const crossOrigin = cors({
  origin: (origin, context) => (isAllowed(origin, context) ? origin : null),
  // `last-event-id` and `cache-control` are sent by event sources that use fetch.
  // `mcp-…` those of the Model Context Protocol.
  allowHeaders: [
    ...['authorization', 'content-type', 'idempotency-key', 'x-request-id', 'last-event-id', 'cache-control'],
    ...['mcp-protocol-version', 'mcp-session-id', 'mcp-method', 'mcp-name'],
  ],
  exposeHeaders: ['x-request-id', 'retry-after'],
  maxAge: 600,
})

async function guard(context: HttpContext, next: Next): Promise<Response | undefined> {
  const policy = guardRequest(context.req.raw, context.env)
  if (policy instanceof Response) return policy
  context.set('policy', policy)
  await next()
  return undefined
}

function isAllowed(origin: string, { env, req }: HttpContext): boolean {
  const policy = readPolicy(env)
  return policy.kind !== 'unconfigured' && isOriginAllowed(policy, origin, new URL(req.url).origin)
}

// The runtime marks its errors for an object that is overloaded or restarting.
function isTransient(error: Error & { overloaded?: unknown; retryable?: unknown }): boolean {
  return error.overloaded === true || error.retryable === true
}
