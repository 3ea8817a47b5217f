import * as z from 'zod/v4'
import { type CommandSpec, commandId } from './commands/command-table.ts'
import { refusalCode } from './errors.ts'
import type { EventRegistry } from './events/event-registry.ts'
import { gitStatus, workspacePath } from './events/events.ts'
import { agentInfo, circleInfo, liveTurn, member } from './frames.ts'
import { user } from './roles.ts'

// Every native frame as a schema, for the documents that describe the wire. The server's own types of them are in
// frames.ts; test/protocol/wire.test.ts keeps the two in sync.

const timestamp = z.iso.datetime()
const channel = z.string()
const seq = z.int().positive()
const state = z.enum(['queued', 'thinking', 'tool', 'idle'])

/** A logged event as a native frame, on a socket and over HTTP: one of these. */
export function eventFrame(events: EventRegistry) {
  const origin = z.object({ imported_by: z.string() }).optional()
  const frames = [...events].map(([type, { schema, description }]) =>
    z
      .object({ type: z.literal(type), data: schema, timestamp, channel, seq, id: z.string(), origin })
      .meta({ id: `event_${type}`, ...(description !== undefined && { description }) }),
  )
  return z.union(frames).meta({ id: 'Event', description: 'A logged event: its native frame.' })
}

const fileChange = z.object({
  path: workspacePath,
  size: z.int().nonnegative().optional(),
  mtime: timestamp.optional(),
  by: z.string().optional(),
  change: z.enum(['created', 'changed', 'deleted']),
  seq,
})

/** The shape of `data` of every frame that is not logged, by type, where `event` is the frame of a logged one. */
export const ephemeralData = (event: ReturnType<typeof eventFrame>) =>
  ({
    welcome: z.object({
      session: z.string(),
      user,
      epoch: z.string(),
      head: z.int().nonnegative(),
      earliest: seq,
      recovered: z.boolean().nullable(),
      members: z.array(member),
      member_count: z.int().nonnegative(),
      agents: z.array(agentInfo),
      live: z.array(liveTurn),
      circle: circleInfo,
      read: z.int().nonnegative().optional(),
      workspace: z.object({ git: gitStatus.nullable(), files: z.array(fileChange) }).optional(),
      limits: z.object({}).catchall(z.number()),
    }),
    history: z.object({ id: commandId.optional(), events: z.array(event), more: z.boolean() }),
    ack: z.object({ id: commandId, seq: seq.optional(), duplicate: z.boolean().optional() }),
    error: z.object({
      id: commandId.optional(),
      code: refusalCode,
      message: z.string(),
      retry_after_ms: z.number().optional(),
    }),
    presence: z.object({
      joined: z.array(member),
      left: z.array(member),
      changed: z.array(member),
      count: z.int().nonnegative(),
    }),
    typing: z.object({ user_id: z.string(), user_name: z.string(), active: z.boolean() }),
    signal: z.object({ name: z.string(), value: z.unknown(), user_id: z.string() }),
    read: z.object({ seq: z.int(), user_id: z.string() }),
    agent_status: z.object({
      turn: z.string(),
      agent_id: z.string(),
      in_reply_to: seq,
      state,
      tool: z.string().optional(),
      attempt: z.int().positive(),
    }),
    agent_delta: z.object({ turn: z.string(), agent_id: z.string(), index: z.int().nonnegative(), text: z.string() }),
    pong: z.object({ id: commandId.optional() }),
  }) as const

/** The frame of this type, which is not logged. */
export function ephemeralFrame(type: string, data: z.ZodType) {
  return z.object({ type: z.literal(type), data, timestamp, channel })
}

/** The frame of a command, as a client sends it. */
export function commandFrame(type: string, { schema, needsId }: CommandSpec) {
  return z.strictObject({ type: z.literal(type), id: needsId ? commandId : commandId.optional(), data: schema })
}
