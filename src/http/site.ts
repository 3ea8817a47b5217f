import type { Handler } from 'hono'
import type { ConnectedAgents } from '../agents/connected-agents.ts'
import type { Env } from '../env.ts'
import type { ChannelAddress } from '../protocol/channels/channels.ts'
import type { PersonRole } from '../protocol/roles.ts'
import type { DeploymentStats } from '../protocol/stats.ts'
import type { ProtocolTables } from '../protocol/tables.ts'
import type { OperationsByTag } from './openapi/openapi.ts'
import type { Operation } from './openapi/operation.ts'

/** A user as a Worker of somebody else's knows them. `channels`: their role by patterns of channels, as in a token. */
export type SiteUser = {
  id: string
  name: string
  channels: { readonly [pattern: string]: PersonRole }
  /** ms since the Unix epoch: when sockets are asked again; an hour from now if absent. */
  expires?: number
  /** ms: revocations until then do not count; now if absent. */
  issued?: number
  /** A program: its messages count as hops when it answers other programs (T7). */
  bot?: boolean
}

/** The paths of the API's own documentation. */
export const apiDocsPaths = ['/openapi.json', '/asyncapi.json', '/docs', '/docs/style.css'] as const

/** Makes the API's own documentation: what answers GET on each of its paths. */
export type ApiDocs = (
  operations: OperationsByTag,
  tables: ProtocolTables,
  basePath: string,
) => Readonly<Record<(typeof apiDocsPaths)[number], () => Response>>

/** The paths at which programs look for what a Worker has. */
export const discoveryPaths = ['/llms.txt', '/.well-known/agent-card.json'] as const

/** What a Worker says of itself; `base`: `https://example.com/rooms`, what precedes every path. */
export type DiscoveredSite = { base: string; hasMcp: boolean; hasDocs: boolean }

/** Makes what programs find at `discoveryPaths`. */
export type Discovery = (site: DiscoveredSite) => Readonly<Record<(typeof discoveryPaths)[number], () => Response>>

/** Formats the statistics of a deployment for Prometheus. */
export type FormatPrometheus = (stats: DeploymentStats) => string

/** Operations of the API that are passed in, as `endpoint` makes them. */
export type PassedEndpoints = readonly { operation: Operation; handlers: Handler[] }[]

/** What serves inboxes, if it is passed in: operations of the API, and the socket. */
export type PassedInbox = { endpoints(): PassedEndpoints; socket: Handler }

/** Agents that connect over a WebSocket: the API that makes them, their socket, and how circles reach them. */
export type ConnectedAgentsPart = {
  endpoints: PassedEndpoints
  socket: Handler
  /** The agents of a circle, or of all (null); null: this Worker has no objects for them. */
  agentsOf(env: Env, circle: string | null): ConnectedAgents | null
}

/** Loads what serves `/mcp`, at the first request to it: `() => import('circles-rooms/mcp')`. */
export type McpLoader = () => Promise<{ serveMcp: Handler }>

/** Sends an upgrade, whose headers say who the caller is, to a relay of the channel or to the channel itself. */
export type RouteSocket = (
  env: Env,
  address: ChannelAddress,
  headers: Record<string, string>,
  from: { continent: string | undefined; now: number; random: () => number },
) => Promise<Response>

/** How a Worker of somebody else's serves Circles. */
export type Site = {
  basePath: string // '' or '/rooms': what precedes every path, in the addresses that are printed, too
  authenticate: ((request: Request, env: Env) => Promise<SiteUser | null> | SiteUser | null) | null
  // Passed in, so that the code is in no Worker that does not serve them. Null: their paths answer 501.
  apiDocs: ApiDocs | null
  prometheus: FormatPrometheus | null
  discovery: Discovery | null // null: there are no such paths
  mcp: McpLoader | null // null: there is no such path
  documents: PassedEndpoints | null // null: there are none
  files: PassedEndpoints | null // null: there are none
  direct: PassedEndpoints | null // null: there are none
  inbox: PassedInbox | null // null: there are none
  connectedAgents: ConnectedAgentsPart | null
  relays: RouteSocket | null // null: every socket goes to its channel
}

/** A Worker that serves nothing else, with Circles' own tokens, and has what is always there. */
export const ownSite: Site = {
  basePath: '',
  authenticate: null,
  apiDocs: null,
  prometheus: null,
  discovery: null,
  mcp: null,
  documents: null,
  files: null,
  direct: null,
  inbox: null,
  connectedAgents: null,
  relays: null,
}
