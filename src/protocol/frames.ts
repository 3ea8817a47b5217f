import * as z from 'zod/v4'
import type { Refusal } from './errors.ts'
import { type AnyEvent, channelStatus, type EventData, type LoggedEvent, writers } from './events/events.ts'
import type { Limits } from './limits.ts'
import { type User, user } from './roles.ts'

// Frames that are not logged: the server sends them to the sessions there are.

/** A person or a guest with at least one open socket. */
export const member = user.extend({
  sessions: z.int().nonnegative(), // 0 only in `left`
  state: z.looseObject({}).optional(),
})
/** The type of `member`. */
export type Member = z.infer<typeof member>

/** An agent that can be called here. `joined`: it is one of the circle's own (default agent, rules). */
export const agentInfo = z.object({ id: z.string(), name: z.string(), description: z.string(), joined: z.boolean() })
/** The type of `agentInfo`. */
export type AgentInfo = z.infer<typeof agentInfo>

/** A running turn with its text so far; `index` counts the deltas that make up the text. */
export const liveTurn = z.object({
  turn: z.string(),
  agent_id: z.string(),
  in_reply_to: z.int().positive(),
  state: z.enum(['queued', 'thinking', 'tool', 'idle']),
  tool: z.string().optional(),
  text: z.string(),
  index: z.int().nonnegative(),
})
/** The type of `liveTurn`. */
export type LiveTurn = z.infer<typeof liveTurn>

/** The settings of a channel that everybody sees. */
export const circleInfo = z.object({
  title: z.string(),
  status: channelStatus,
  default_agent: z.string().nullable(),
  visibility: z.enum(['public', 'private']),
  writers: writers.optional(), // absent: members
})
/** The type of `circleInfo`. */
export type CircleInfo = z.infer<typeof circleInfo>

/** The latest change to a file. */
export type FileChange = Pick<EventData<'file_changed'>, 'path' | 'size' | 'mtime' | 'by'> & {
  change: 'created' | 'changed' | 'deleted'
  seq: number
}

/** The present state of a workspace, as far as its log holds it. */
export type WorkspaceInfo = {
  git: EventData<'git_status'> | null // null: none was published
  files: FileChange[] // the latest ones, newest first, each path once
}

/** `data` of the first frame of a native socket. */
export type Welcome = {
  session: string
  user: User
  epoch: string
  head: number // seq of the last event, 0 in an empty log
  earliest: number // seq of the first event still kept, head + 1 in an empty log
  recovered: boolean | null // null: the client did not try to resume
  members: Member[] // empty above 200 members
  member_count: number
  agents: AgentInfo[]
  live: LiveTurn[]
  circle: CircleInfo
  workspace?: WorkspaceInfo // of a channel with files only
  files?: true // files can be uploaded
  read?: number // how far the user has read (seq), on whatever device; absent for guests, and on a first visit
  limits: Limits
  relay?: string // at which the socket stands; absent: at the channel itself
}

/** Changes to the roster; above 200 members the lists stay empty and only the count is sent. */
export type PresenceDiff = { joined: Member[]; left: Member[]; changed: Member[]; count: number }

/** `data` of every frame that is not logged, by type. */
export type EphemeralData = {
  welcome: Welcome
  history: { id?: string; events: LoggedEvent[]; more: boolean }
  ack: { id: string; seq?: number; duplicate?: boolean }
  error: { id?: string } & Refusal
  presence: PresenceDiff
  typing: { user_id: string; user_name: string; active: boolean }
  signal: { name: string; value: unknown; user_id: string }
  read: { seq: number; user_id: string }
  agent_status: {
    turn: string
    agent_id: string
    in_reply_to: number
    state: 'queued' | 'thinking' | 'tool' | 'idle'
    tool?: string
    attempt: number // 1, 2, 3; deltas start again at index 0 with each
  }
  agent_delta: { turn: string; agent_id: string; index: number; text: string }
  pong: { id?: string }
}
/** The types of frames that are not logged. */
export type EphemeralType = keyof EphemeralData

/** A frame that is not logged. */
export type Ephemeral = {
  [Type in EphemeralType]: { type: Type; data: EphemeralData[Type]; at: number }
}[EphemeralType]
/** The frame of this type. */
export type EphemeralOf<Type extends EphemeralType> = Extract<Ephemeral, { type: Type }>

/** A message that an agent is called with again: only the events dialect shows it (`retry_count`). */
export type Retry = { type: 'retry'; event: LoggedEvent; attempt: number; at: number }

/** A frame that a room of our own events sends. */
export type ServerFrame = LoggedEvent | Ephemeral | Retry

/** A frame that a room sends, whatever events it logs: a dialect encodes it, or does not show it. */
export type AnyFrame = AnyEvent | Ephemeral | Retry
