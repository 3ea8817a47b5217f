import { queue } from './events/queue.ts'
import { app } from './http/app.ts'

export { Pickle } from './agents/pickle.ts'
export { Scribe } from './agents/scribe.ts'
export { PassesObject } from './passes/passes-object.ts'
export { RegisterObject } from './register/register-object.ts'
export { AgentChannelObject, CircleObject, WorkspaceObject } from './rooms/channel-object.ts'
export { StatsObject } from './stats/stats-object.ts'

export default { fetch: app.fetch, queue }
