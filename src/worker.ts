import { createApp } from './http/app.ts'
import { builtinTables } from './protocol/tables.ts'
import { createQueue } from './queue/queue.ts'

// The names of the classes are those that are deployed (wrangler.toml): renaming one would need a migration.
export { Pickle } from './agents/builtin/pickle.ts'
export { Scribe } from './agents/builtin/scribe.ts'
export { CircleDirectory as RegisterObject } from './deployment/directory/object.ts'
export { Statistics as StatsObject } from './deployment/stats/object.ts'
export { TokenRegistry as PassesObject } from './deployment/tokens/object.ts'
export { AgentChannelObject, CircleObject, WorkspaceObject } from './rooms/object/channel-objects.ts'

/** The Worker: serves HTTP requests and consumes the queue of events. */
export default { fetch: createApp(builtinTables).fetch, queue: createQueue(builtinTables) }
