import type { CommandsOf, OwnEvent, SomeProtocol } from '../protocol/define-protocol.ts'
import type { Attachment } from '../protocol/files.ts'
import type { User } from '../protocol/roles.ts'
import type { CircleReader, CircleRoom, EventIn } from './circle-room.ts'
import type { Refused } from './refuse.ts'

/** What a command was sent with. */
export type CommandCall<Data> = {
  readonly data: Data
  readonly user: User // with the role in force here
  readonly id: string // the sender's own id of it
  readonly at: number // ms since the Unix epoch
}

/** A text that is about to be stored. */
export type MessageDraft = {
  readonly content: string
  readonly type: 'message' | 'message_edited' | 'agent_message'
  /** Its author; null: an agent, or a workspace. */
  readonly user: User | null
  /** The files that the message names; none if it is edited. */
  readonly attachments: readonly Attachment[]
}

/** Somebody who is connected. */
export type ConnectedSession = { readonly id: string; readonly user: User }

/** Nothing, or a refusal, or an event that was appended. No Promise: handlers of commands are synchronous. */
export type CommandResult = OwnEvent | Refused | undefined

/** The handlers of one's own commands: one for each command of the protocol. */
export type CommandHandlers<Protocol extends SomeProtocol> = {
  [Type in keyof CommandsOf<Protocol>]: (
    room: CircleRoom<Protocol>,
    call: CommandCall<CommandsOf<Protocol>[Type]>,
  ) => CommandResult
}

/** The code of a circle of one's own. Everything is optional but the handlers of the protocol's commands. */
export type CircleDefinition<Protocol extends SomeProtocol> = {
  /** Statements that make one's own tables. Each runs once, in this order: only ever append to the list. */
  migrations?: readonly string[]
  /** One's own tables that an export holds and an import replaces. What is scheduled is in no export; an import forgets it. */
  exportedTables?: readonly string[]
  /** Looks at a text before it is stored, whichever way it came: refuses it, replaces it, or returns nothing. Synchronous. */
  beforeMessage?(room: CircleReader<Protocol>, draft: MessageDraft): { readonly content: string } | Refused | undefined
  /**
   * Looks at a part of an agent's reply before it is shown: returns the text to show. A circle with `beforeMessage` and
   * without this shows a reply only once it is stored.
   */
  beforeDelta?(room: CircleReader<Protocol>, delta: { readonly text: string }): string
  /** Runs after each event, one at a time, in order, at least once; after an error it is tried again for a day. */
  afterEvent?(room: CircleRoom<Protocol>, event: EventIn<Protocol>): Promise<void> | void
  /** Runs when somebody connects, before they are told. A refusal closes their socket (4403). Synchronous. */
  // biome-ignore lint/suspicious/noConfusingVoidType: it may end in a call that returns nothing
  onConnect?(room: CircleRoom<Protocol>, session: ConnectedSession): Refused | void
  /** Runs when a connection ends. Synchronous; a refusal is logged. */
  onDisconnect?(room: CircleRoom<Protocol>, session: ConnectedSession): void
  /** Runs at a time that `room.schedule` was given. Synchronous, in one transaction; after an error, or a refusal, it is tried again for a day. */
  onSchedule?(room: CircleRoom<Protocol>, name: string, payload: unknown): void
  /** Answers requests below `/api/circles/:name/x/`, of any method. `user`: who asks, with the role in force here. */
  onRequest?(room: CircleRoom<Protocol>, request: Request, user: User): Response | Promise<Response>
} & (keyof CommandsOf<Protocol> extends never
  ? { commands?: CommandHandlers<Protocol> }
  : {
      /** The handlers of the protocol's commands. Synchronous, each in one transaction with what it appends. */
      commands: CommandHandlers<Protocol>
    })
