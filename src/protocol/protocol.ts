// `circles-rooms/protocol`: the wire contract for other programs, as zod schemas and the types inferred from them.

import { builtinKinds } from './channels/channel-kinds.ts'
import { type ChannelKind, parseChannel as parseChannelOf } from './channels/channels.ts'

export { type ChannelKind, type ChannelName, canonicalName, channelKind } from './channels/channels.ts'
export {
  type CloseName,
  closeCodes,
  nextAfter,
  type ReconnectPolicy,
  type ReconnectPolicy as Next,
} from './close-codes.ts'
export {
  type Command,
  type CommandData,
  type CommandOf,
  type CommandType,
  type Configuration,
  commandData,
} from './commands/commands.ts'
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
} from './define-protocol.ts'
export type { DeliveredEvent } from './dialects/native.ts'
export {
  type ErrorCode,
  errorCode,
  type HttpErrorBody,
  type OwnErrorCode,
  type Refusal,
  type RefusalCode,
} from './errors.ts'
export { type EventData, type EventOf, type EventType, eventData, type LoggedEvent } from './events/events.ts'
export type {
  AgentInfo,
  CircleInfo,
  EphemeralData,
  EphemeralType,
  LiveTurn,
  Member,
  ServerFrame,
  Welcome,
} from './frames.ts'
export { type Limits, limits } from './limits.ts'
export { type PersonRole, personRole, type Role, role, type User, user } from './roles.ts'
export { type TurnPart, type TurnRequest, turnPart, turnRequest } from './turns.ts'
export { subprotocol, ticketPrefix } from './version.ts'
export { verifyWebhook } from './webhook-signature.ts'

/** Reads `circle:dev-team`; null if it names no channel. */
export function parseChannel(text: string): { kind: ChannelKind; name: string } | null {
  return parseChannelOf(text, builtinKinds)
}
