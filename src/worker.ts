import { app } from './http/app.ts'
import { queue } from './queue/queue.ts'

export { Pickle } from './agents/builtin/pickle.ts'
export { Scribe } from './agents/builtin/scribe.ts'
export { RegisterObject } from './deployment/directory/object.ts'
export { StatsObject } from './deployment/stats/object.ts'
export { PassesObject } from './deployment/tokens/object.ts'
export { AgentChannelObject, CircleObject, WorkspaceObject } from './rooms/object/channel-objects.ts'

export default { fetch: app.fetch, queue }
