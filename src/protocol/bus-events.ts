import { z } from 'zod'
import { builtinKinds } from './channel-kinds.ts'
import { type ChannelKind, canonicalName, parseChannel } from './channels.ts'
import { commandData } from './commands.ts'
import { fileEvent, gitStatus } from './events.ts'
import { agentText } from './publish-schema.ts'

// The event bus: what other programs tell. The envelope is that of CloudEvents 1.0 in JSON, as far as it fits; what it
// has beyond this is not read. `time` is the sender's clock: it is taken, and never believed.

const envelope = {
  id: z.string().min(1).max(256), // told again under the same id, an event is stored once
  source: z.string().max(256).optional(), // who tells it; over HTTP the token says that
  time: z.iso.datetime({ offset: true }).optional(),
  channel: z.string().optional(), // where it belongs, `circle:dev-team`; or one of:
  circle_name: z.string().optional(),
  workspace_id: z.string().optional(),
}

const file = z.strictObject(fileEvent.omit({ by: true }).shape)

/** One event of the bus. */
export const busEvent = z.discriminatedUnion('type', [
  z.object({ ...envelope, type: z.literal('message'), data: commandData.message }),
  z.object({ ...envelope, type: z.literal('agent.message'), data: agentText }),
  z.object({ ...envelope, type: z.literal('workspace.file_created'), data: file }),
  z.object({ ...envelope, type: z.literal('workspace.file_changed'), data: file }),
  z.object({ ...envelope, type: z.literal('workspace.file_deleted'), data: file }),
  z.object({ ...envelope, type: z.literal('workspace.git_status'), data: z.strictObject(gitStatus.shape) }),
])
/** The type of `busEvent`. */
export type BusEvent = z.infer<typeof busEvent>

/** The most events in one request. */
export const busBatch = 100

/** What became of one event, in the order they were told. */
export const busResult = z.object({
  id: z.string(),
  status: z.enum(['stored', 'duplicate', 'refused']),
  channel: z.string().optional(),
  seq: z.int().positive().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})
/** The type of `busResult`. */
export type BusResult = z.infer<typeof busResult>

/** Where an event belongs; null: it does not say, or says it twice. */
export function targetOf(event: BusEvent): { kind: ChannelKind; name: string } | null {
  const { channel, circle_name, workspace_id } = event
  const targets = [
    channel === undefined ? null : parseChannel(channel, builtinKinds),
    circle_name === undefined ? null : named('circle', circle_name),
    workspace_id === undefined ? null : named('workspace', workspace_id),
  ]
  const known = targets.filter(place => place !== null)
  const givenCount = [channel, circle_name, workspace_id].filter(value => value !== undefined).length
  return givenCount === 1 ? (known[0] ?? null) : null
}

function named(kind: ChannelKind, raw: string) {
  const name = canonicalName(raw)
  return name === null ? null : { kind, name }
}
