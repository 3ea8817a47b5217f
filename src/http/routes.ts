import { type Endpoint, routerOf } from './endpoint.ts'
import { getAgent, listAgents } from './routes/agents.ts'
import { apiDocs } from './routes/api-docs.ts'
import { changeCircle, createCircle, deleteCircle, getCircle, listCircles, searchCircle } from './routes/circles.ts'
import { agentCost, circleCost, workspaceCost } from './routes/cost.ts'
import { exportCircle, importCircle } from './routes/export-import.ts'
import { getHealth, getReadiness } from './routes/health.ts'
import { agentHistory, circleHistory, workspaceHistory } from './routes/history.ts'
import {
  changeMember,
  createInvitation,
  joinCircle,
  listMembers,
  removeMember,
  revokeInvitations,
} from './routes/members.ts'
import { postMessage } from './routes/messages.ts'
import { postEvents } from './routes/publish.ts'
import { getMetrics, getStats } from './routes/stats.ts'
import { streamChannel } from './routes/stream.ts'
import { createTicket } from './routes/tickets.ts'
import { revokeUser } from './routes/users.ts'
import { changeWebhook, createWebhook, listWebhooks, redeliverEvent, removeWebhook } from './routes/webhooks.ts'

// The router and the OpenAPI document are made from this table: a route cannot lack its description, nor the reverse.
const endpoints = {
  Circles: [
    ...[listCircles, createCircle, getCircle, changeCircle, deleteCircle, searchCircle],
    ...[postMessage, exportCircle, importCircle],
  ],
  Members: [listMembers, changeMember, removeMember, createInvitation, revokeInvitations, joinCircle],
  Users: [revokeUser],
  Events: [circleHistory, workspaceHistory, agentHistory, streamChannel, postEvents],
  Webhooks: [listWebhooks, createWebhook, changeWebhook, removeWebhook, redeliverEvent],
  Meters: [circleCost, workspaceCost, agentCost],
  Others: [createTicket, listAgents, getAgent],
  Operations: [getHealth, getReadiness, getStats, getMetrics],
}

/** The operations of all endpoints, by tag and in the order in which the document shows them. */
export const operations = Object.fromEntries(
  Object.entries<Endpoint[]>(endpoints).map(([tag, list]) => [tag, list.map(({ operation }) => operation)]),
)

/** The router of the HTTP API and of its documentation. */
export const routes = routerOf(Object.values(endpoints).flat()).route('/', apiDocs(operations))

/** The API as Hono's typed client knows it: `hc<Api>('https://circles.example.org')`. */
export type Api = typeof routes
