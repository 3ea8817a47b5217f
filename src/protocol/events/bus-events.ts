import * as z from 'zod/v4'
import type { BusKey } from '../channels/channel-kinds.ts'
import { type ChannelAddress, canonicalName, parseChannel } from '../channels/channels.ts'
import type { CommandData } from '../commands/commands.ts'
import type { AnyPublication, agentText } from '../commands/publish-schema.ts'
import type { ProtocolTables } from '../tables.ts'
import { idText, singleLine } from '../text-schema.ts'

// The event bus: other programs publish events over it. The envelope is a subset of CloudEvents 1.0 in
// JSON; other attributes are ignored. `time` is the sender's clock: it is accepted but not used.

type Envelope = {
  id: string // an event that is published again under the same id is stored once
  source?: string | undefined // the publisher; over HTTP, taken from the token
  time?: string | undefined
  channel?: string | undefined // where it belongs, `circle:dev-team`; or one of these:
} & { [Key in BusKey]?: string | undefined }

/** One event of the bus. */
export type BusEvent = Envelope & { type: string; data: object }

/** The most events in one request. */
export const busBatch = 100

/** The result of publishing one event, in the order they were published. */
export const busResult = z.object({
  id: z.string(),
  status: z.enum(['stored', 'duplicate', 'refused']),
  channel: z.string().optional(),
  seq: z.int().positive().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})
/** The type of `busResult`. */
export type BusResult = z.infer<typeof busResult>

/** Is it a message? Messages are sent as a command, and may call agents. */
export function isMessage(event: BusEvent): event is Envelope & { type: string; data: CommandData<'message'> } {
  return event.type === 'message'
}

/** Is it a message of an agent? Its publisher must be allowed to write for that agent. */
export function isAgentMessage(event: BusEvent): event is Envelope & { type: string; data: z.infer<typeof agentText> } {
  return event.type === 'agent.message'
}

/** The event bus of a deployment: the events it takes, the channels they belong to, and how they are stored there. */
export class EventBus {
  readonly schema: z.ZodType<BusEvent>
  readonly #kinds: ProtocolTables['kinds']
  readonly #eventTypes: ReadonlyMap<string, string> // by type on the bus

  constructor({ kinds, commands, events }: ProtocolTables) {
    const published = [...events].flatMap(([type, { publish }]) => (publish ? [{ type, ...publish }] : []))
    const message = commands.get('message')?.schema
    this.#kinds = kinds
    this.#eventTypes = new Map(published.map(({ as, type }) => [as, type]))
    this.schema = busSchema(
      [...kinds.values()].flatMap(({ busKey }) => busKey ?? []),
      [...(message === undefined ? [] : [{ as: 'message', schema: message }]), ...published],
    )
  }

  /** The channel an event belongs to; null: it names none, or more than one. */
  targetOf(event: BusEvent): ChannelAddress | null {
    const named = [...this.#kinds.values()].flatMap(({ kind, busKey }) => {
      const rawName = busKey === null ? undefined : event[busKey]
      return rawName === undefined ? [] : [addressOf(kind, canonicalName(rawName))]
    })
    const targets = event.channel === undefined ? named : [...named, parseChannel(event.channel, this.#kinds)]
    return targets.length === 1 ? (targets[0] ?? null) : null
  }

  /** The event as a channel stores it, under this id; null: it is a message, which is a command. */
  publicationOf({ type, data }: BusEvent, id: string): AnyPublication | null {
    const eventType = this.#eventTypes.get(type)
    // The schema of an event is that of its type, so type and data belong together.
    return eventType === undefined ? null : ({ id, type: eventType, data } as AnyPublication)
  }
}

function addressOf(kind: ChannelAddress['kind'], name: string | null): ChannelAddress | null {
  return name === null ? null : { kind, name }
}

/** The schema of an event: one of these types, in an envelope with these keys for names of channels. */
function busSchema(keys: BusKey[], types: { as: string; schema: z.ZodType }[]): z.ZodType<BusEvent> {
  const envelope = {
    id: idText().min(1).max(256),
    source: singleLine().max(256).optional(),
    time: z.iso.datetime({ offset: true }).optional(),
    channel: idText().optional(),
    ...Object.fromEntries(keys.map(key => [key, idText().optional()])),
  }
  const [first, ...others] = types.map(({ as, schema }) => z.object({ ...envelope, type: z.literal(as), data: schema }))
  if (first === undefined)
    throw new Error('expected a command `message` or an event that can be published, got neither')
  return z.discriminatedUnion('type', [first, ...others]) as unknown as z.ZodType<BusEvent>
}
