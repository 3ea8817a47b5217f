import { prometheusText } from '../../src/deployment/stats/prometheus.ts'
import { createApp } from '../../src/http/app.ts'
import { apiDocs } from '../../src/http/routes/api-docs.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { builtinSite } from './site.ts'

/** The HTTP side of our own Worker. */
export const app = createApp(builtinTables, { ...builtinSite, apiDocs, prometheus: prometheusText })

/** The consumer of the queue with our own tables. */
export const queue = createQueue(builtinTables)
