import { app } from './http/app.ts'

export { Pickle } from './agents/pickle.ts'
export { AgentChannelObject, CircleObject, WorkspaceObject } from './rooms/room-object.ts'

export default { fetch: app.fetch }
