import type { Member } from '../protocol/frames.ts'
import type { ProtocolCommands, ProtocolEvents, TypedProtocol } from '../protocol/protocol-definition.ts'
import type { FrameOf, FrameType } from './frames.ts'

/**
 * The types of an application: its protocol (`typeof protocol`), and beside it those of presence, of signals by name, and
 * of the `meta` of messages. What is absent is not typed. `createClient<typeof protocol & { presence: Presence }>(url)`
 */
export type ClientTypes = Partial<TypedProtocol> & { presence?: object; signals?: object; meta?: object }

/** `data` of an application's own events, by type. */
export type EventsOf<Types extends ClientTypes> =
  Types extends Pick<TypedProtocol, 'events'> ? ProtocolEvents<Types> : Record<never, never>

/** `data` of an application's own commands, by type. */
export type CommandsOf<Types extends ClientTypes> =
  Types extends Pick<TypedProtocol, 'commands'> ? ProtocolCommands<Types> : Record<never, never>

/** The presence state of a user. */
export type PresenceOf<Types extends ClientTypes> = Types extends { presence: infer Presence extends object }
  ? Presence
  : Record<string, unknown>

/** The values of signals, by name. */
export type SignalsOf<Types extends ClientTypes> = Types extends { signals: infer Signals extends object }
  ? Signals
  : Record<string, unknown>

/** The `meta` of a message. */
export type MetaOf<Types extends ClientTypes> = Types extends { meta: infer Meta extends object }
  ? Meta
  : Record<string, unknown>

/** A user who is online, with the presence state of this application. */
export type MemberIn<Types extends ClientTypes> = Omit<Member, 'state'> & { state?: PresenceOf<Types> | undefined }

/** The frame of one of an application's own events. */
export type OwnEventFrame<Type extends string, Data> = {
  type: Type
  data: Data
  seq: number
  id: string
  timestamp: string // ISO-8601
  channel: string
}

/** The frames of an application's own events. */
export type OwnEventFrames<Types extends ClientTypes> = {
  [Type in keyof EventsOf<Types> & string]: OwnEventFrame<Type, EventsOf<Types>[Type]>
}[keyof EventsOf<Types> & string]

type With<Frame extends { data: object }, Data extends object> = Omit<Frame, 'data'> & {
  data: Omit<Frame['data'], keyof Data> & Data
}

type SignalIn<Types extends ClientTypes> = {
  [Name in keyof SignalsOf<Types> & string]: With<
    FrameOf<'signal'>,
    { name: Name; value: SignalsOf<Types>[Name]; user_id: string }
  >
}[keyof SignalsOf<Types> & string]

type Typed<Types extends ClientTypes> = {
  signal: SignalIn<Types>
  message: With<FrameOf<'message'>, { meta?: MetaOf<Types> | undefined }>
  presence: With<
    FrameOf<'presence'>,
    { joined: MemberIn<Types>[]; left: MemberIn<Types>[]; changed: MemberIn<Types>[] }
  >
}

/** The type of a frame in an application. */
export type FrameTypeIn<Types extends ClientTypes> = FrameType | (keyof EventsOf<Types> & string)

/** The frame of one type in an application. */
export type FrameIn<Types extends ClientTypes, Type extends FrameTypeIn<Types>> = Type extends FrameType
  ? ClientTypes extends Types
    ? FrameOf<Type>
    : Type extends keyof Typed<Types>
      ? Typed<Types>[Type]
      : FrameOf<Type>
  : Type extends keyof EventsOf<Types> & string
    ? OwnEventFrame<Type, EventsOf<Types>[Type]>
    : never
