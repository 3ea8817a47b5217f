import * as z from 'zod/v4'
import { approvalData } from '../approval-data.ts'
import { attachment } from '../files.ts'
import { cleanText, fits } from '../text.ts'
import { idText, json, singleLine, text } from '../text-schema.ts'

// Logged events: the entries of a channel's log, one shape of `data` per type. The keys are those of the wire.

const seq = z.int().positive()
const hop = z.int().nonnegative() // agents and bots between this and a person's message, which has 0

/** A message of a person. */
export const message = z.object({
  content: text(),
  user_id: idText(),
  user_name: singleLine(),
  client_id: idText().nullable(), // the sender's own id of the command, null where the dialect has none
  reply_to: seq.optional(),
  to: idText().optional(), // agent id
  meta: json().optional(),
  attachments: z.array(attachment).optional(),
  hop,
  bot: z.literal(true).optional(), // of a program that comes as a user
  deleted: z.literal(true).optional(), // a later `message_deleted` erased the content
})

/** The tokens an agent used. */
export const usage = z.object({ input_tokens: z.int().nonnegative(), output_tokens: z.int().nonnegative() })
/** The type of `usage`. */
export type Usage = z.infer<typeof usage>

/** A message of an agent. */
export const agentMessage = z.object({
  content: text(),
  agent_id: idText(),
  agent_name: singleLine(),
  turn: idText(), // `event:<id>` for a message from the event bus, which no turn wrote
  in_reply_to: seq.optional(),
  session_id: idText(),
  usage: usage.optional(),
  stopped: z.literal(true).optional(),
  truncated: z.literal(true).optional(),
  hop,
  deleted: z.literal(true).optional(),
})

/** A new text of an earlier message. */
export const messageEdited = z.object({ target: seq, content: text(), user_id: idText() })
/** The deletion of an earlier message. */
export const messageDeleted = z.object({ target: seq, user_id: idText() })
/** A reaction to an earlier message, or its removal. */
export const reaction = z.object({ target: seq, emoji: singleLine(), user_id: idText(), removed: z.boolean() })
/** An agent that joined the circle's own agents, or left them. */
export const agentPresence = z.object({ agent_id: idText(), agent_name: singleLine() })

/** The status of a channel. `paused`: its agents are not called; `archived`: nobody writes. */
export const channelStatus = z.enum(['active', 'paused', 'archived'])
/** Who may write in a channel: everybody whose role lets them, or only moderators and owners. */
export const writers = z.enum(['members', 'moderators'])
/** A change to the settings that everybody sees. */
export const circleStatus = z.object({
  status: channelStatus,
  title: singleLine(),
  default_agent: idText().nullable(),
  writers: writers.optional(), // if it changed
  visibility: z.enum(['public', 'private']).optional(), // if it changed
  user_id: idText(),
})

/** A change to the rights of a member. */
export const memberChanged = z.object({
  user_id: idText(), // the member
  role: z.enum(['reader', 'member', 'moderator', 'owner']).nullable(), // null: what the token grants
  muted: z.boolean(),
  banned: z.boolean(),
  by: idText(),
})

/** The end of a turn without a reply. */
export const turnFailed = z.object({
  turn: idText(),
  agent_id: idText(),
  in_reply_to: seq,
  code: idText(),
  message: text(),
  attempts: z.int().nonnegative(),
})

/** An agent's request for approval before it acts. */
export const approvalRequested = z.object({
  approval: idText(),
  turn: idText(),
  agent_id: idText(),
  description: text(),
  key: idText().optional(), // the agent's own id of what it wants to do
  data: approvalData.optional(), // JSON: exactly what is approved
  role: z.enum(['reader', 'member', 'moderator', 'owner']), // the least role that may decide
  users: z.array(idText()).optional(), // only these, if given, whatever their role
  except: idText().optional(), // user id: may not approve it, unless a moderator or owner; it was their prompt
  expires_at: idText(),
})
/** The decision on a request for approval. */
export const approvalDecided = z.object({
  approval: idText(),
  turn: idText(),
  decision: z.enum(['approved', 'rejected', 'expired']),
  user_id: idText().nullable(), // null: nobody decided in time
  user_name: singleLine().optional(), // as it was then; absent: nobody decided, or it was before names were stored
  note: text().optional(),
})

/** A path below the root of a workspace, with `/` between its parts. */
export const workspacePath = z
  .string()
  .min(1)
  .max(1_024)
  .refine(path => cleanText(path) === path && !/[\t\n\\]|^\/|^[a-z]:|(^|\/)\.\.?(\/|$)/i.test(path), 'a relative path')

const diffBytes = 16_384
/** A change to a file of a workspace. */
export const fileEvent = z.object({
  path: workspacePath,
  size: z.int().nonnegative().optional(), // bytes
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  mtime: z.iso.datetime().optional(),
  by: idText().optional(), // user id of the publisher; the room sets it
  diff: text() // unified
    .refine(text => fits(text, diffBytes), 'a diff of at most 16 KiB')
    .optional(),
  deleted: z.literal(true).optional(), // a later `message_deleted` erased the diff
})

const refName = idText().min(1).max(255)
const paths = z.array(workspacePath).max(200)
/** The git status of a working tree. */
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
  more: z.int().positive().optional(), // paths that these lists leave out
})
/** A step of an agent's turn, in the agent's own channel. */
export const agentActivity = z.object({
  activity: z.enum(['started', 'status', 'finished', 'failed']),
  turn: idText(),
  channel: idText(),
  detail: text().optional(),
  duration_ms: z.int().nonnegative().optional(),
  usage: usage.optional(),
})

/** Who edited which documents of this circle: names of documents, and those who did since they were last named. */
export const documentEdited = z.object({
  documents: z.array(z.object({ name: idText(), by: z.array(z.object({ id: idText(), name: singleLine() })) })),
})

/** A webhook of this circle that was turned off: it failed for too long, or its receiver unsubscribed. */
export const webhookFailed = z.object({
  webhook: idText(),
  host: idText(),
  reason: text(),
  failures: z.int().nonnegative(),
})

/** The shape of `data` of each of our own events, by type. */
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
  document_edited: documentEdited,
} as const

/** The types of our own events. */
export type EventType = keyof typeof eventData

/** The `data` of an event of this type. */
export type EventData<Type extends EventType = EventType> = z.infer<(typeof eventData)[Type]>

/** How an event came here, stored beside it for the dialects that show it; of this, native frames have `imported_by` alone. */
export type Origin = {
  type?: 'user_message' // plain: the sender's own name for its message
  source?: string // events: the platform the message was sent from
  session?: string // events: the memory of a turn that failed
  sent?: string // SHA-256 of the content as its sender sent it, where a hook replaced it: a repeat is compared with this (L3)
  imported_by?: string // user id: the event was imported, and this user vouches for it
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
