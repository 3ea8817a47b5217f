// `circles-rooms/server`: circles with events, commands and code of one's own, in a Worker of one's own.

export { compileRegex as regularExpressions } from '../agents/regex-rules.ts'
export { CircleDirectory } from '../deployment/directory/object.ts'
export { Statistics } from '../deployment/stats/object.ts'
export { prometheusText as prometheus } from '../deployment/stats/prometheus.ts'
export { TokenRegistry } from '../deployment/tokens/object.ts'
export { apiDocs } from '../http/routes/api-docs.ts'
export type { ApiDocs, FormatPrometheus, SiteUser } from '../http/site.ts'
export { agentChannel, workspace } from '../protocol/channels/channel-kinds.ts'
export {
  type CircleProtocol,
  type CommandsOf,
  defineProtocol,
  type EventsOf,
  type OwnEvent,
} from '../protocol/define-protocol.ts'
export type { CircleReader, CircleRoom, EventIn, SqlParameter } from './circle-room.ts'
export { type Circles, type CirclesOptions, circles, type RequestContext } from './circles.ts'
export { defineChannel } from './define-channel.ts'
export { type CircleClass, type CircleFeatures, defineCircle } from './define-circle.ts'
export type {
  CircleDefinition,
  CommandCall,
  CommandHandlers,
  CommandResult,
  ConnectedSession,
  MessageDraft,
} from './definition.ts'
export { type Actor, type CallOptions, CircleHandle, CircleRefusal, type Receipt } from './handle.ts'
export { type Refused, refuse } from './refuse.ts'
