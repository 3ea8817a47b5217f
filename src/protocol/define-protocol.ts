import * as z from 'zod/v4'
import { checkOptions, type OptionKind } from './check-options.ts'
import type { CommandTable } from './commands/command-table.ts'
import { builtinCommands } from './commands/commands.ts'
import { builtinEvents } from './events/builtin-events.ts'
import type { EventDefinition, EventRegistry } from './events/event-registry.ts'
import type { AnyEvent } from './events/events.ts'
import type { EphemeralType } from './frames.ts'
import { type PersonRole, personRole } from './roles.ts'

/** An event of one's own, as handlers and clients see it. `at`: ms since the Unix epoch. */
export type OwnEvent<Data extends object = object, Type extends string = string> = Pick<
  AnyEvent<Data, Type>,
  'type' | 'data' | 'seq' | 'at' | 'id'
>

/** How an event of one's own is stored and shown. */
export type EventOptions<Data extends object> = {
  /** What it holds. It is checked before the event is stored, and again when an archive is imported. */
  data: z.ZodType<Data>
  /** For the documents of the API. */
  description?: string
  /** How plain and text sockets, terminals and notifications show it: as JSON, if this throws. Absent: they do not. */
  text?(event: OwnEvent<Data>): string
  /** The text that full-text search finds it by. Absent: it is not found. */
  search?(data: Data): string
}

/** How a command of one's own is called. */
export type CommandOptions<Data> = {
  /** What it takes: the schema is strict, so that an unknown key is refused. */
  data: z.ZodType<Data>
  /** The least role that may send it. */
  role: PersonRole
  /** For the documents of the API. */
  description?: string
}

/** The events and commands of one's own, which a Worker and its clients share. */
export type CircleProtocol<
  Events extends Record<string, object> = Record<string, object>,
  Commands extends Record<string, unknown> = Record<string, unknown>,
> = {
  readonly events: { readonly [Type in keyof Events]: EventOptions<Events[Type]> }
  readonly commands: { readonly [Type in keyof Commands]: CommandOptions<Commands[Type]> }
}

/** Any protocol, whatever its events and commands. */
export type SomeProtocol = { readonly events: object; readonly commands: object }

type DataIn<Definitions> = { [Type in keyof Definitions & string]: DataOf<Definitions[Type]> }
type DataOf<Options> = Options extends { data: z.ZodType<infer Data> } ? Data : never

/** The `data` of each event of a protocol, by type: `EventsOf<typeof protocol>`. */
export type EventsOf<Protocol extends SomeProtocol> = DataIn<Protocol['events']>

/** The `data` of each command of a protocol, by type: `CommandsOf<typeof protocol>`. */
export type CommandsOf<Protocol extends SomeProtocol> = DataIn<Protocol['commands']>

/** What `defineProtocol` takes. An event is the schema of its data, or that with how it is shown. */
export type ProtocolDefinition<Events extends Record<string, object>, Commands extends Record<string, unknown>> = {
  events?: { [Type in keyof Events]: z.ZodType<Events[Type]> | EventOptions<Events[Type]> }
  commands?: { [Type in keyof Commands]: CommandOptions<Commands[Type]> }
}

/**
 * Defines events and commands of one's own, beside those of Circles. Events are logged: ordered, resumed, exported, sent to
 * webhooks. Throws if a name is not `lower_case`, or is one of ours or reserved for us, if a schema is missing, and if a key is
 * unknown.
 */
export function defineProtocol<
  Events extends Record<string, object> = Record<never, never>,
  Commands extends Record<string, unknown> = Record<never, never>,
>(definition: ProtocolDefinition<Events, Commands>): CircleProtocol<Events, Commands> {
  checkOptions('The definition of a protocol', definition, protocolKeys)
  const { events = {}, commands = {} } = definition as ProtocolDefinition<Record<string, object>, Commands>
  const all = Object.entries(events).map(([type, event]) => [type, isSchema(event) ? { data: event } : event])
  const protocol = { events: Object.fromEntries(all), commands } as CircleProtocol<Events, Commands>
  checkProtocol(protocol)
  return protocol
}

/** Throws if something is not what `defineProtocol` returns. */
export function checkProtocol(protocol: SomeProtocol): void {
  checkOptions('The protocol', protocol, protocolKeys)
  const { events, commands } = protocol as Partial<CircleProtocol>
  if (events === undefined || commands === undefined) throw new TypeError('A protocol is what defineProtocol returns.')
  for (const [type, options] of Object.entries(events)) {
    checkName('event', type)
    checkSchema(`The event "${type}"`, options)
    checkOptions(`The event "${type}"`, options, eventKeys)
  }
  for (const [type, options] of Object.entries(commands)) {
    checkName('command', type)
    checkSchema(`The command "${type}"`, options)
    checkOptions(`The command "${type}"`, options, commandKeys)
    if (personRole.safeParse(options.role).success) continue
    throw new Error(`The command "${type}" needs a role: ${personRole.options.join(', ')}.`)
  }
}

const protocolKeys: Record<keyof SomeProtocol, OptionKind> = { events: 'object', commands: 'object' }
const eventKeys: Record<keyof EventOptions<object>, OptionKind> = {
  data: 'object',
  description: 'string',
  text: 'function',
  search: 'function',
}
const commandKeys: Record<keyof CommandOptions<object>, OptionKind> = {
  data: 'object',
  role: 'string',
  description: 'string',
}

function checkSchema(owner: string, options: unknown): void {
  if (isSchema((options as { data?: unknown } | null)?.data)) return
  throw new TypeError(`${owner} needs \`data\`, a schema of zod 4. defineProtocol takes a schema alone for an event.`)
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value
}

/** A protocol without anything of one's own. */
export const emptyProtocol: CircleProtocol<Record<never, never>, Record<never, never>> = { events: {}, commands: {} }

/** The events of a protocol as entries of a registry. */
export function ownEvents({ events }: CircleProtocol): EventRegistry {
  return new Map(Object.entries(events).map(([type, options]) => [type, definitionOf(options)]))
}

/** The commands of a protocol as entries of a table. Each can be sent as a request, too. */
export function ownCommands({ commands }: CircleProtocol): CommandTable {
  return new Map(
    Object.entries(commands).map(([type, { data, role, description }]) => {
      const summary = capitalized(type.replaceAll('_', ' '))
      const http = { id: camelCase(type), summary, description: description ?? `Needs the role ${role}.` }
      return [type, { schema: data, needsId: true, role, http }]
    }),
  )
}

function definitionOf({ data: schema, description, text, search }: EventOptions<object>): EventDefinition {
  const asJson = ({ type, data }: Pick<OwnEvent, 'type' | 'data'>) => `${type} ${JSON.stringify(data)}`
  const shown = text && ((event: OwnEvent) => textOf(() => text(event)) ?? asJson(event))
  return {
    schema,
    ...(description !== undefined && { description }),
    ...(search !== undefined && { search: (data: object) => textOf(() => search(data)) ?? '' }),
    ...(shown !== undefined && {
      plain: event => ({ type: event.type, content: shown(event), data: event.data }),
      plainFields: { content: z.string() },
      text: shown,
    }),
    summary: event => shown?.({ ...event, seq: 0, at: 0, id: '' }) ?? asJson(event),
  }
}

/** What somebody's own code makes of an event, or null if it throws or returns none: nobody misses the event for that. */
function textOf(make: () => unknown): string | null {
  try {
    const text = make()
    return typeof text === 'string' ? text : null
  } catch {
    return null // it is shown as JSON
  }
}

function checkName(what: 'event' | 'command', name: string): void {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) {
    throw new Error(`The ${what} "${name}" needs a name of a-z, 0-9 and _ that begins with a letter, at most 64 long.`)
  }
  if (builtinEvents.has(name) || builtinCommands.has(name) || taken.has(name)) {
    throw new Error(`The ${what} "${name}" is one of Circles itself: give yours another name.`)
  }
  const prefix = reservedPrefixes.find(prefix => name.startsWith(prefix))
  if (prefix === undefined) return
  throw new Error(`The ${what} "${name}" begins with ${prefix}, which is reserved for Circles: give it another name.`)
}

/** What names of future events and commands of Circles begin with. */
const reservedPrefixes = [
  ...['agent_', 'approval_', 'channel_', 'circle_', 'document_', 'file_', 'git_', 'member_', 'message_'],
  ...['presence_', 'turn_', 'webhook_'],
]

const ephemeralTypes: Record<EphemeralType, true> = {
  welcome: true,
  history: true,
  ack: true,
  error: true,
  presence: true,
  typing: true,
  signal: true,
  read: true,
  agent_status: true,
  agent_delta: true,
  pong: true,
}
const taken: ReadonlySet<string> = new Set([...Object.keys(ephemeralTypes), 'retry', 'end', 'user_message', 'binary'])

function camelCase(type: string): string {
  return type.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
