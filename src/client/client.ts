// `circles-rooms/client`: a client for browsers, Node from 22 and Workers, without a framework.

export type { TypedProtocol } from '../protocol/protocol-definition.ts'
export type { Channel, SendOptions } from './channel.ts'
export type { ClientTypes, MemberIn, MetaOf, OwnEventFrame, PresenceOf, SignalsOf } from './client-types.ts'
export { type CirclesClient, type ClientOf, type ClientOptions, createClient } from './create-client.ts'
export { CirclesError, type CirclesErrorCode } from './errors.ts'
export type { EventFrame, Frame, FrameOf, FrameType, HistoryPage } from './frames.ts'
export type { SentCommand, SentMessage } from './outgoing/message-sender.ts'
export type { PendingMessage } from './outgoing/outbox.ts'
export type {
  ClientPlatform,
  FetchInit,
  FetchResponse,
  KeyValueStorage,
  Socket,
  TabCoordinator,
  TabPort,
} from './platform.ts'
export { snapshotOf } from './snapshot.ts'
export type { ChannelState, LoadedHistory, Snapshot } from './state/state.ts'
export type { Author, Entry, Reaction } from './state/timeline.ts'
export type { Turn } from './state/turns.ts'
export type { Typist } from './state/typing.ts'
export type { Connection, ConnectionStatus, Phase } from './transport/connection.ts'
export type { TokenSource } from './transport/credentials.ts'
