import type { CommandResult, LoggedEvent } from './generated.ts'

/** Any protocol that `defineProtocol` made. Its types are all that this module needs, so that it imports none. */
export type AnyProtocol = { readonly commands: object; readonly events?: object }

/** The types of the events of a protocol of one's own. */
export type OwnEventType<Protocol extends AnyProtocol> = keyof NonNullable<Protocol['events']> & string

/** A logged event of a protocol of one's own, as the HTTP API returns it. */
export type OwnLoggedEvent<Protocol extends AnyProtocol> = {
  [Type in OwnEventType<Protocol>]: Pick<LoggedEvent, 'seq' | 'id' | 'timestamp'> & {
    type: Type
    data: DataOf<NonNullable<Protocol['events']>[Type]>
  }
}[OwnEventType<Protocol>]

/** What a schema of any library accepts (Standard Schema). */
type DataOf<Options> = Options extends { data: { '~standard': { types?: { output: infer Data } | undefined } } }
  ? Data
  : never

/** A type of the API in which events, and lists of their types, are those of a protocol, too. */
export type WithOwnEvents<Value, Protocol extends AnyProtocol> = [OwnEventType<Protocol>] extends [never]
  ? Value
  : Value extends readonly (infer Item)[]
    ? ItemWithOwnEvents<Item, Protocol>[]
    : Value extends Response | ReadableStream
      ? Value
      : { [Key in keyof Value]: WithOwnEvents<Value[Key], Protocol> }

type ItemWithOwnEvents<Item, Protocol extends AnyProtocol> = [LoggedEvent] extends [Item]
  ? Item | OwnLoggedEvent<Protocol>
  : [LoggedEvent['type']] extends [Item]
    ? Item | OwnEventType<Protocol>
    : WithOwnEvents<Item, Protocol>

/** The arguments of a command of one's own. */
export type CommandArguments<Data> = {
  /** The name of the circle. */
  name: string
  /** The data of the command. */
  body: Data
  /** A request that is sent again with the same key takes effect once. */
  idempotencyKey?: string
}

/** Sends a command of a protocol of one's own to a circle: `command('vote', { name: 'dev', body: { option: 1 } })`. */
export type SendCommand<Protocol extends AnyProtocol> = <Type extends keyof Protocol['commands'] & string>(
  type: Type,
  args: CommandArguments<DataOf<Protocol['commands'][Type]>>,
  options?: { signal?: AbortSignal },
) => Promise<CommandResult>

/** The request of a command of one's own. */
export const commandRoute = 'POST /api/channels/{kind}/{name}/commands/{type}'
