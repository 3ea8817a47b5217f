import { prometheusText } from '../../src/deployment/stats/prometheus.ts'
import { createApp } from '../../src/http/app.ts'
import { apiDocs } from '../../src/http/routes/api-docs.ts'
import { ownSite } from '../../src/http/site.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { createQueue } from '../../src/queue/queue.ts'

/** The HTTP side of our own Worker. */
export const app = createApp(builtinTables, { ...ownSite, apiDocs, prometheus: prometheusText })

/** The consumer of the queue with our own tables. */
export const queue = createQueue(builtinTables)
