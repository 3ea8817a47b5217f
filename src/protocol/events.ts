import { z } from 'zod'
import { cleanText, fits } from './text.ts'

// Logged events: what a channel's log holds, one shape of `data` per type. Keys are the wire's.

const seq = z.int().positive()
const hop = z.int().nonnegative() // how many agents stand between this and a person's line; a person's is 0

export const message = z.object({
  content: z.string(),
  user_id: z.string(),
  user_name: z.string(),
  client_id: z.string().nullable(), // the sender's own id of the command, null where the dialect has none
  reply_to: seq.optional(),
  to: z.string().optional(), // agent id
  meta: z.record(z.string(), z.unknown()).optional(),
  hop,
  deleted: z.literal(true).optional(), // the content was taken out by a later `message_deleted`
})

export const usage = z.object({ input_tokens: z.int().nonnegative(), output_tokens: z.int().nonnegative() })
export type Usage = z.infer<typeof usage>

export const agentMessage = z.object({
  content: z.string(),
  agent_id: z.string(),
  agent_name: z.string(),
  turn: z.string(), // `event:<id>` where an agent spoke over the event bus, unasked
  in_reply_to: seq.optional(),
  session_id: z.string(),
  usage: usage.optional(),
  stopped: z.literal(true).optional(),
  truncated: z.literal(true).optional(),
  hop,
  deleted: z.literal(true).optional(),
})

export const messageEdited = z.object({ target: seq, content: z.string(), user_id: z.string() })
export const messageDeleted = z.object({ target: seq, user_id: z.string() })
export const reaction = z.object({ target: seq, emoji: z.string(), user_id: z.string(), removed: z.boolean() })
export const agentPresence = z.object({ agent_id: z.string(), agent_name: z.string() })

export const channelStatus = z.enum(['active', 'paused', 'archived'])
export const circleStatus = z.object({
  status: channelStatus,
  title: z.string(),
  default_agent: z.string().nullable(),
  user_id: z.string(),
})

export const memberChanged = z.object({
  user_id: z.string(), // whom it is about
  role: z.enum(['reader', 'member', 'moderator', 'owner']).nullable(), // null: what the token grants
  muted: z.boolean(),
  banned: z.boolean(),
  by: z.string(),
})

export const turnFailed = z.object({
  turn: z.string(),
  agent_id: z.string(),
  in_reply_to: seq,
  code: z.string(),
  message: z.string(),
  attempts: z.int().nonnegative(),
})

export const approvalRequested = z.object({
  approval: z.string(),
  turn: z.string(),
  agent_id: z.string(),
  description: z.string(),
  role: z.enum(['reader', 'member', 'moderator', 'owner']), // the least role that may decide
  users: z.array(z.string()).optional(), // only these, if given
  expires_at: z.string(),
})
export const approvalDecided = z.object({
  approval: z.string(),
  turn: z.string(),
  decision: z.enum(['approved', 'rejected', 'expired']),
  user_id: z.string().nullable(), // null: nobody decided in time
  note: z.string().optional(),
})

/** A path below the root of a workspace, with `/` between its parts. */
export const workspacePath = z
  .string()
  .min(1)
  .max(1_024)
  .refine(path => cleanText(path) === path && !/[\t\n\\]|^\/|^[a-z]:|(^|\/)\.\.?(\/|$)/i.test(path), 'a relative path')

const diffBytes = 16_384
export const fileEvent = z.object({
  path: workspacePath,
  size: z.int().nonnegative().optional(), // bytes
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  mtime: z.iso.datetime().optional(),
  by: z.string().optional(), // user id of whoever told of it; the room says it
  diff: z // unified
    .string()
    .refine(text => fits(text, diffBytes), 'a diff of at most 16 KiB')
    .optional(),
})

const refName = z.string().min(1).max(255)
const paths = z.array(workspacePath).max(200)
export const gitStatus = z.object({
  branch: refName.nullable(), // null: no branch is checked out
  head: z // commit, null before the first one
    .string()
    .regex(/^[0-9a-f]{7,64}$/)
    .nullable(),
  upstream: refName.optional(),
  ahead: z.int().nonnegative(),
  behind: z.int().nonnegative(),
  staged: paths,
  changed: paths,
  untracked: paths,
  conflicted: paths,
  more: z.int().positive().optional(), // paths that were left out of these lists
})
export const agentActivity = z.object({
  activity: z.enum(['started', 'status', 'finished', 'failed']),
  turn: z.string(),
  channel: z.string(),
  detail: z.string().optional(),
  duration_ms: z.int().nonnegative().optional(),
  usage: usage.optional(),
})

/** A webhook of this circle was switched off: it failed too long, or wanted no more. */
export const webhookFailed = z.object({
  webhook: z.string(),
  host: z.string(),
  reason: z.string(),
  failures: z.int().nonnegative(),
})

/** The shape of `data` of every logged event, by type. */
export const eventData = {
  message,
  agent_message: agentMessage,
  message_edited: messageEdited,
  message_deleted: messageDeleted,
  reaction,
  agent_joined: agentPresence,
  agent_left: agentPresence,
  circle_status: circleStatus,
  member_changed: memberChanged,
  turn_failed: turnFailed,
  approval_requested: approvalRequested,
  approval_decided: approvalDecided,
  file_created: fileEvent,
  file_changed: fileEvent,
  file_deleted: fileEvent,
  git_status: gitStatus,
  agent_activity: agentActivity,
  webhook_failed: webhookFailed,
} as const

/** The types of our own events. */
export type EventType = keyof typeof eventData

/** The `data` of an event of this type. */
export type EventData<Type extends EventType = EventType> = z.infer<(typeof eventData)[Type]>

/** How an event was sent, stored beside it for the dialects that show it; never part of the native frame. */
export type Origin = {
  type?: 'user_message' // plain: the sender's own name for its message
  source?: string // events: the platform the message was sent from
  session?: string // events: the memory of a turn that failed
}

/** An entry of a channel's log, of whatever type. */
export type AnyEvent<Data extends object = object, Type extends string = string> = {
  type: Type
  data: Data
  seq: number // per channel, dense from 1; the room assigns it
  at: number // ms since the Unix epoch, by the room's clock
  id: string // the sender's id of it, `turn:<id>` for the end of a turn, `seq:<n>` where it has none
  origin?: Origin
}

/** An entry of a channel's log, of one of our own types. */
export type LoggedEvent = { [Type in EventType]: AnyEvent<EventData<Type>, Type> }[EventType]

/** The event of this type. */
export type EventOf<Type extends EventType> = Extract<LoggedEvent, { type: Type }>
