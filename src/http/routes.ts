import { Hono } from 'hono'
import { agents } from './agents.ts'
import type { HttpEnv } from './api.ts'
import { publishRoutes } from './bus.ts'
import { circles } from './circles.ts'
import { costRoutes } from './costs.ts'
import { apiDocs } from './documents.ts'
import { health } from './health.ts'
import { historyOf } from './history.ts'
import { invitations, join, members } from './members.ts'
import { messages } from './messages.ts'
import { metrics, stats } from './stats.ts'
import { stream } from './stream.ts'
import { tickets } from './tickets.ts'
import { exported, imported } from './transfer.ts'
import { users } from './users.ts'
import { webhooks } from './webhooks.ts'

/** Every path of the HTTP side, with what it takes and gives. */
export const routes = new Hono<HttpEnv>()
  .route('/', health)
  .route('/', apiDocs)
  .route('/', metrics)
  .route('/api/tickets', tickets)
  .route('/api/circles', circles)
  .route('/api/circles/:name/messages', messages)
  .route('/api/circles/:name/members', members)
  .route('/api/circles/:name/invitations', invitations)
  .route('/api/circles/:name/join', join)
  .route('/api/circles/:name/webhooks', webhooks)
  .route('/api/circles/:name/export', exported)
  .route('/api/circles/:name/import', imported)
  .route('/api/circles/:name/events', historyOf('circle'))
  .route('/api/circles/:name/cost', costRoutes('circle'))
  .route('/api/workspaces/:name/events', historyOf('workspace'))
  .route('/api/workspaces/:name/cost', costRoutes('workspace'))
  .route('/api/users', users)
  .route('/api/agents', agents)
  .route('/api/agents/:name/events', historyOf('agent'))
  .route('/api/agents/:name/cost', costRoutes('agent'))
  .route('/api/channels', stream)
  .route('/api/events', publishRoutes)
  .route('/api/stats', stats)

/** For Hono's typed client: `hc<Api>('https://circles.example.org')`. */
export type Api = typeof routes
