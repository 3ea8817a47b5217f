import type { Hono } from 'hono'
import type { ProtocolTables } from '../protocol/tables.ts'
import type { HttpEnv } from './context.ts'
import { type Endpoint, routerOf } from './endpoint.ts'
import { failure, methodNotAllowed } from './errors.ts'
import { createHono } from './hono.ts'
import type { InboxApi } from './inbox-api.ts'
import { getAgent, listAgents } from './routes/agents.ts'
import {
  changeCircle,
  createCircle,
  deleteCircle,
  deleteWorkspace,
  getCircle,
  listCircles,
  searchCircle,
} from './routes/circles.ts'
import { commandEndpoints } from './routes/commands.ts'
import { costEndpoint } from './routes/cost.ts'
import type { directEndpoints } from './routes/direct.ts'
import { exportCircle, importCircle } from './routes/export-import.ts'
import type { fileEndpoints } from './routes/files.ts'
import { getHealth, getReadiness } from './routes/health.ts'
import { historyEndpoints } from './routes/history.ts'
import {
  changeMember,
  createInvitation,
  joinCircle,
  listInvitations,
  listMembers,
  removeMember,
  revokeInvitation,
  revokeInvitations,
} from './routes/members.ts'
import { postMessage } from './routes/messages.ts'
import { redeemOwnerLink } from './routes/owner-link.ts'
import { publishEndpoint } from './routes/publish.ts'
import type { documentEndpoints } from './routes/shared-documents.ts'
import { getMetrics, getStats } from './routes/stats.ts'
import { streamEndpoint } from './routes/stream.ts'
import { ticketEndpoint } from './routes/tickets.ts'
import { revokeUser } from './routes/users.ts'
import { webhookEndpoints } from './routes/webhooks.ts'
import { type ApiDocs, apiDocsPaths, ownSite, type Site } from './site.ts'

/** Makes the router of the HTTP API and its documentation, and the operations by tag, in the order of the document. */
export function createRoutes(
  tables: ProtocolTables,
  { basePath, apiDocs, documents, files, direct, inbox, connectedAgents }: Site = ownSite,
) {
  // The router and the OpenAPI document are made from this table: a route cannot lack its description, nor the reverse.
  const endpoints = {
    Circles: [
      ...[listCircles, createCircle, getCircle, changeCircle, deleteCircle, searchCircle],
      ...[postMessage, exportCircle, importCircle],
    ],
    Commands: commandEndpoints(tables),
    Members: [
      ...[listMembers, changeMember, removeMember],
      ...[createInvitation, listInvitations, revokeInvitation, revokeInvitations, joinCircle],
    ],
    Users: [revokeUser, redeemOwnerLink],
    Me: (inbox?.endpoints() ?? []) as ReturnType<InboxApi['endpoints']>, // as for documents
    Events: [...historyEndpoints(tables), streamEndpoint(tables), publishEndpoint(tables)],
    Documents: (documents ?? []) as typeof documentEndpoints, // for the typed client, which knows them always
    Direct: (direct ?? []) as unknown as ReturnType<typeof directEndpoints>, // as for documents
    Files: (files ?? []) as typeof fileEndpoints, // as for documents
    Webhooks: webhookEndpoints(tables.events),
    Meters: [...tables.kinds.values()].map(costEndpoint),
    Others: [
      deleteWorkspace,
      ticketEndpoint(tables),
      listAgents,
      getAgent,
      ...((connectedAgents?.endpoints ?? []) as never[]), // `Api` has what every Worker serves
    ],
    Operations: [getHealth, getReadiness, getStats, getMetrics],
  }
  const operations = Object.fromEntries(
    Object.entries<Endpoint[]>(endpoints).flatMap(([tag, list]) =>
      list.length === 0 ? [] : [[tag, list.map(({ operation }) => operation)]],
    ),
  )
  const docs = apiDocs?.(operations, tables, basePath) ?? null
  const router = routerOf(Object.values(endpoints).flat()).route('/', docsRouter(docs))
  return { router, operations }
}

function docsRouter(docs: ReturnType<ApiDocs> | null): Hono<HttpEnv> {
  const router = createHono()
  for (const path of apiDocsPaths) {
    if (docs !== null) router.get(path, docs[path])
    router.all(path, () => (docs === null ? failure('not_implemented', noDocs) : methodNotAllowed('GET')))
  }
  return router
}

const noDocs = 'This Worker does not describe its API: pass `apiDocs` of circles-rooms/server to circles().'

/** The API as Hono's typed client knows it: `hc<Api>('https://circles.example.org')`. */
export type Api = ReturnType<typeof createRoutes>['router']
