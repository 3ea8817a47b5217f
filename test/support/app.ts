import { createApp } from '../../src/http/app.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { createQueue } from '../../src/queue/queue.ts'

/** The HTTP side with our own tables. */
export const app = createApp(builtinTables)

/** The consumer of the queue with our own tables. */
export const queue = createQueue(builtinTables)
