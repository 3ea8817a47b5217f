import { z } from 'zod'
import type { Refusal } from './errors.ts'
import { type AnyEvent, channelStatus, type EventData, type LoggedEvent } from './events.ts'
import type { Limits } from './limits.ts'
import { type User, user } from './roles.ts'

// Frames that are not logged: what a server says to those who are there.

/** One person or guest who has at least one socket open. */
export const member = user.extend({
  sessions: z.int().nonnegative(), // 0 only in `left`
  state: z.record(z.string(), z.unknown()).optional(),
})
export type Member = z.infer<typeof member>

/** An agent that can be asked here. `joined`: it is one of the circle's own (default agent, rules). */
export const agentInfo = z.object({ id: z.string(), name: z.string(), description: z.string(), joined: z.boolean() })
export type AgentInfo = z.infer<typeof agentInfo>

/** A turn in flight with the text so far; `index` counts the deltas that made it. */
export const liveTurn = z.object({
  turn: z.string(),
  agent_id: z.string(),
  in_reply_to: z.int().positive(),
  state: z.enum(['queued', 'thinking', 'tool', 'idle']),
  tool: z.string().optional(),
  text: z.string(),
  index: z.int().nonnegative(),
})
export type LiveTurn = z.infer<typeof liveTurn>

export const circleInfo = z.object({
  title: z.string(),
  status: channelStatus,
  default_agent: z.string().nullable(),
  visibility: z.enum(['public', 'private']),
})
export type CircleInfo = z.infer<typeof circleInfo>

/** What was done to a file last. */
export type FileChange = Pick<EventData<'file_changed'>, 'path' | 'size' | 'mtime' | 'by'> & {
  change: 'created' | 'changed' | 'deleted'
  seq: number
}

/** A workspace as it is now, as far as its log tells. */
export type WorkspaceInfo = {
  git: EventData<'git_status'> | null // null: nobody told of any
  files: FileChange[] // the latest ones, newest first, each path once
}

export type Welcome = {
  session: string
  user: User
  epoch: string
  head: number // seq of the last event, 0 in an empty log
  earliest: number // seq of the first event still kept, head + 1 in an empty log
  recovered: boolean | null // null: no resume was asked for
  members: Member[] // empty above 200 members
  member_count: number
  agents: AgentInfo[]
  live: LiveTurn[]
  circle: CircleInfo
  workspace?: WorkspaceInfo // of a workspace only
  limits: Limits
}

/** The roster's changes; above 200 members the lists stay empty and only the count is told. */
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
export type EphemeralType = keyof EphemeralData

export type Ephemeral = {
  [Type in EphemeralType]: { type: Type; data: EphemeralData[Type]; at: number }
}[EphemeralType]
export type EphemeralOf<Type extends EphemeralType> = Extract<Ephemeral, { type: Type }>

/** A message that an agent is called with again: only the events dialect shows it (`retry_count`). */
export type Retry = { type: 'retry'; event: LoggedEvent; attempt: number; at: number }

/** A frame that a room of our own events sends. */
export type ServerFrame = LoggedEvent | Ephemeral | Retry

/** A frame that a room sends, whatever events it logs: a dialect encodes it, or does not show it. */
export type AnyFrame = AnyEvent | Ephemeral | Retry
