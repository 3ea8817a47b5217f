import type { Env } from '../env.ts'
import { createApp } from '../http/app.ts'
import { failure } from '../http/errors.ts'
import type { ApiDocs, Discovery, FormatPrometheus, McpLoader, PassedEndpoints, Site, SiteUser } from '../http/site.ts'
import { type ChannelKindDefinition, circle as circleKind } from '../protocol/channels/channel-kinds.ts'
import type { Region } from '../protocol/channels/region.ts'
import { checkOptions, type OptionKind } from '../protocol/check-options.ts'
import { builtinCommands } from '../protocol/commands/commands.ts'
import {
  type CircleProtocol,
  checkProtocol,
  emptyProtocol,
  ownCommands,
  ownEvents,
  type SomeProtocol,
} from '../protocol/define-protocol.ts'
import { builtinEvents } from '../protocol/events/builtin-events.ts'
import type { ProtocolTables } from '../protocol/tables.ts'
import { createQueue, type QueueHandler } from '../queue/queue.ts'
import { channelStub, placer } from '../stubs.ts'
import type { ConnectedAgentsFeature } from './connected-agents.ts'
import { definedProtocol } from './defined-protocol.ts'
import type { DirectFeature } from './direct.ts'
import { missingIn, resolveEnv } from './environment.ts'
import type { FilesFeature } from './files.ts'
import { CircleHandle, circleName } from './handle.ts'
import type { InboxFeature } from './inbox.ts'
import type { RelaysFeature } from './relays.ts'

/** How a Worker serves circles. */
export type CirclesOptions<Protocol extends SomeProtocol> = {
  /** The protocol of the circles, for the types of `circle`. Absent: that of the class that `defineCircle` made. */
  protocol?: Protocol
  /** Agents that connect over a WebSocket (`connectedAgents`); absent: there are none. */
  connectedAgents?: ConnectedAgentsFeature
  /** The name of the binding to the circles' class; `CIRCLES` if absent. */
  circle?: string
  /** What precedes every path, such as `/rooms`. */
  basePath?: string
  /**
   * Who sends a request, by the Worker's own cookies and tables. Null: nobody it knows; then tokens and guests count as
   * they are configured.
   */
  authenticate?(request: Request, env: Cloudflare.Env): Promise<SiteUser | null> | SiteUser | null
  /** The jurisdiction of a circle, by its name; null: none. It must always return the same for a name. */
  jurisdiction?(name: string): DurableObjectJurisdiction | null
  /** Serves the Model Context Protocol at `/mcp`: `() => import('circles-rooms/mcp')`. Absent: there is no such path. */
  mcp?: McpLoader
  /** Serves the inboxes of people at `/api/me` and `/ws/me` (`inbox`). Absent: there are no such paths. */
  inbox?: InboxFeature
  /** Kinds of channel besides circles. */
  kinds?: readonly ChannelKindDefinition[]
  /** Serves `/docs`, `/openapi.json` and `/asyncapi.json` (`apiDocs`). Without it they answer 501. */
  apiDocs?: ApiDocs
  /** Serves `/metrics` (`prometheus`). Without it, it answers 501. */
  prometheus?: FormatPrometheus
  /** Serves `/llms.txt` and `/.well-known/agent-card.json` (`discovery`). Absent: there are no such paths. */
  discovery?: Discovery
  /** Lets circles have documents (`documents` of `circles-rooms/documents`). Without it, they have none. */
  documents?: DocumentsApi
  /** Serves the files of messages (`files`). Absent: there are no such paths. */
  files?: FilesFeature
  /** Sends sockets to relays (`relays`), as `RELAYS` says. Absent: all go to their circles. */
  relays?: RelaysFeature
  /** Serves private chats at `/api/direct` (`direct`). Absent: there are no such paths. */
  direct?: DirectFeature
}

/** The kind of channel that documents are, and the operations of the HTTP API on them. */
export type DocumentsApi = { kind: ChannelKindDefinition; endpoints: PassedEndpoints }

/** The third argument of a Worker's `fetch`, or Hono's `c.executionCtx`. */
export type RequestContext = Pick<ExecutionContext, 'waitUntil' | 'passThroughOnException'>

/** The circles of a Worker. */
export type Circles<Protocol extends SomeProtocol> = {
  /** Answers a request, or the upgrade of a socket, below the base path. */
  fetch(request: Request, env: object, context?: RequestContext): Promise<Response>
  /** Consumes a batch of the event queue. */
  queue: QueueHandler
  /** A circle, for the Worker itself. `region`: where it is made, if it is new. Throws if a binding is missing. */
  circle(env: object, name: string, options?: { region?: Region }): CircleHandle<Protocol>
}

const optionKeys: Record<keyof CirclesOptions<SomeProtocol>, OptionKind> = {
  protocol: 'object',
  connectedAgents: 'object',
  circle: 'string',
  basePath: 'string',
  authenticate: 'function',
  jurisdiction: 'function',
  mcp: 'function',
  inbox: 'object',
  kinds: 'array',
  apiDocs: 'function',
  prometheus: 'function',
  discovery: 'function',
  documents: 'object',
  files: 'object',
  relays: 'object',
  direct: 'object',
}

/** Serves circles in a Worker: their sockets, their HTTP API, and handles for the Worker itself. Throws if an option is unknown. */
export function circles<Protocol extends SomeProtocol = CircleProtocol>(
  options: CirclesOptions<Protocol> = {},
): Circles<Protocol> {
  checkOptions('The options of circles', options, optionKeys)
  if (options.protocol !== undefined) checkProtocol(options.protocol)
  const { circle = 'CIRCLES', documents } = options
  if (options.relays !== undefined && (circle !== 'CIRCLES' || options.jurisdiction !== undefined))
    throw new Error('Relays are for circles of the binding CIRCLES, and without a jurisdiction.')
  const kinds = [...(options.kinds ?? []), ...(documents === undefined ? [] : [documents.kind])]
  const site = siteOf(options)
  // At the first request: the Worker may define its circles after this.
  const tables = once(() => tablesOf((options.protocol as CircleProtocol) ?? definedProtocol() ?? emptyProtocol, kinds))
  const app = once(() => createApp(tables(), site))
  const queue = once(() => createQueue(tables()))
  const place = placer(options.jurisdiction === undefined ? {} : { jurisdiction: options.jurisdiction })
  const envOf = (env: object, exports: object) => resolveEnv(withSite(env, site), exports, circle)
  return {
    async fetch(request, env, context) {
      const resolved = envOf(env, exportsOf(context))
      const missing = missingIn(resolved, circle)
      if (missing !== null) return unconfigured(missing)
      const inner = below(request, site.basePath)
      return inner === null
        ? failure('not_found', 'There is no such path.')
        : app().fetch(inner, place(resolved), context as ExecutionContext | undefined)
    },
    queue: (batch, env) => queue()(batch, place(envOf(env, {}))),
    circle(env, name, { region } = {}) {
      const address = { kind: circleKind.kind, name: circleName(name) }
      const resolved = envOf(env, {})
      if (resolved.CIRCLES === undefined) throw new Error(missingIn(resolved, circle) ?? 'a binding is missing')
      const stub = channelStub(place(resolved), address, { region })
      return new CircleHandle<Protocol>(address.name, stub, () => crypto.randomUUID(), region)
    },
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function tablesOf(protocol: CircleProtocol, kinds: readonly ChannelKindDefinition[]): ProtocolTables {
  return {
    kinds: new Map([circleKind, ...kinds].map(kind => [kind.kind, kind])),
    commands: new Map([...builtinCommands, ...ownCommands(protocol)]),
    events: new Map([...builtinEvents, ...ownEvents(protocol)]),
  }
}

function siteOf<Protocol extends SomeProtocol>(options: CirclesOptions<Protocol>): Site {
  const { basePath = '', authenticate, apiDocs = null, prometheus = null, discovery = null, mcp = null } = options
  const path = basePath.replace(/\/+$/, '')
  if (path !== '' && !/^(\/[\w.~-]+)+$/.test(path)) throw new Error(`basePath must be like /rooms, not "${basePath}".`)
  // A Worker's own environment, which its author has typed, is part of what Circles hands on.
  const asks = (authenticate as Site['authenticate'] | undefined) ?? null
  const passed = {
    documents: options.documents?.endpoints ?? null,
    files: options.files?.endpoints ?? null,
    direct: options.direct?.endpoints() ?? null,
    inbox: options.inbox?.api ?? null,
    connectedAgents: options.connectedAgents?.site ?? null,
    relays: options.relays?.route ?? null,
  }
  return { basePath: path, authenticate: asks, apiDocs, prometheus, discovery, mcp, ...passed }
}

/** Where the Worker knows its users, it needs no settings of Circles. Its tickets are then good in this isolate only. */
function withSite(env: object, { authenticate }: Site): object {
  if (authenticate === null) return env
  const known = sites.get(env)
  if (known !== undefined) return known
  const { AUTH, AUTH_SECRET, TICKET_SECRET } = env as Partial<Env>
  const secret = AUTH_SECRET || TICKET_SECRET ? {} : { TICKET_SECRET: `${crypto.randomUUID()}${crypto.randomUUID()}` }
  const result = { ...env, AUTH: AUTH || 'site', ...secret }
  sites.set(env, result)
  return result
}
const sites = new WeakMap<object, object>() // so that settings are read once

function exportsOf(context: RequestContext | undefined): object {
  return (context as { exports?: object } | undefined)?.exports ?? {}
}

/** The request as if Circles were alone, or null: it is for another path. */
function below(request: Request, basePath: string): Request | null {
  if (basePath === '') return request
  const url = new URL(request.url)
  if (url.pathname !== basePath && !url.pathname.startsWith(`${basePath}/`)) return null
  url.pathname = url.pathname.slice(basePath.length) || '/'
  return new Request(url, request)
}

function unconfigured(message: string): Response {
  console.error(message)
  return failure('unavailable', message)
}
