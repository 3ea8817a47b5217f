// The package entry `circles-rooms/agent`.

export type { Usage } from '../../protocol/events/events.ts'
export type {
  AgentDescription,
  ApprovalAsk,
  CircleAccess,
  Decision,
  DocumentCall,
  MessagePart,
  Reminder,
  TurnMessage,
} from '../../protocol/turns.ts'
export { AgentError, type AgentErrorOptions } from './agent-error.ts'
export type { AgentMetadata } from './agent-metadata.ts'
export { CircleAgent } from './circle-agent.ts'
export { Agent, type Line, type Reply, type TurnRequest } from './compat.ts'
export { type AgentConnection, type ConnectAgentOptions, connectAgent } from './connect-agent.ts'
export type { DocumentContent, DocumentEdit, ReplyDocuments } from './reply-documents.ts'
