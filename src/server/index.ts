// `circles-rooms/server`: circles with events, commands and code of one's own, in a Worker of one's own.

export { compileRegex as regularExpressions } from '../agents/regex-rules.ts'
export type { CompileRegex } from '../agents/routing-rules.ts'
export { ConnectedAgent } from '../connected/object.ts'
export { CircleDirectory } from '../deployment/directory/object.ts'
export { Inbox } from '../deployment/inbox/object.ts'
export { Statistics } from '../deployment/stats/object.ts'
export { prometheusText as prometheus } from '../deployment/stats/prometheus.ts'
export { TokenRegistry } from '../deployment/tokens/object.ts'
export { apiDocs } from '../http/routes/api-docs.ts'
export { discovery } from '../http/routes/discovery.ts'
export type { ApiDocs, DiscoveredSite, Discovery, FormatPrometheus, McpLoader, SiteUser } from '../http/site.ts'
export type { SqlRow, SqlValue } from '../lib/sql.ts'
export { agentChannel, type ChannelKindDefinition, workspace } from '../protocol/channels/channel-kinds.ts'
export type { Region } from '../protocol/channels/region.ts'
export type { MemberEntry } from '../protocol/commands/member-schema.ts'
export {
  type CircleProtocol,
  type CommandOptions,
  type CommandsOf,
  defineProtocol,
  type EventOptions,
  type EventsOf,
  type OwnEvent,
  type ProtocolDefinition,
  type SomeProtocol,
} from '../protocol/define-protocol.ts'
export type { Attachment } from '../protocol/files.ts'
export type { DeploymentStats } from '../protocol/stats.ts'
export type { QueueHandler } from '../queue/queue.ts'
export { CircleRelay } from '../relay/object.ts'
export type { CircleReader, CircleRoom, EventIn, SqlParameter } from './circle-room.ts'
export { type Circles, type CirclesOptions, circles, type DocumentsApi, type RequestContext } from './circles.ts'
export { type ConnectedAgentsFeature, connectedAgents } from './connected-agents.ts'
export { type ChannelFeatures, defineChannel } from './define-channel.ts'
export { type CircleClass, type CircleFeatures, defineCircle } from './define-circle.ts'
export type {
  CircleDefinition,
  CommandCall,
  CommandHandlers,
  CommandResult,
  ConnectedSession,
  MessageDraft,
} from './definition.ts'
export { type DirectFeature, direct } from './direct.ts'
export { type FilesFeature, files } from './files.ts'
export { type Actor, type CallOptions, CircleHandle, CircleRefusal, type Receipt } from './handle.ts'
export { type InboxFeature, inbox } from './inbox.ts'
export { type Refused, refuse } from './refuse.ts'
export { type RelaysFeature, relays } from './relays.ts'
