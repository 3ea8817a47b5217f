import { Hono } from 'hono'
import type { HttpEnv } from './context.ts'
import { agents } from './routes/agents.ts'
import { apiDocs } from './routes/api-docs.ts'
import { circles } from './routes/circles.ts'
import { costRoutes } from './routes/cost.ts'
import { exported, imported } from './routes/export-import.ts'
import { health } from './routes/health.ts'
import { historyOf } from './routes/history.ts'
import { invitations, join, members } from './routes/members.ts'
import { messages } from './routes/messages.ts'
import { publishRoutes } from './routes/publish.ts'
import { metrics, stats } from './routes/stats.ts'
import { stream } from './routes/stream.ts'
import { tickets } from './routes/tickets.ts'
import { users } from './routes/users.ts'
import { webhooks } from './routes/webhooks.ts'

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
