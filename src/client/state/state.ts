import type { AgentInfo, CircleInfo } from '../../protocol/frames.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { User } from '../../protocol/roles.ts'
import type { ClientTypes, MemberIn, PresenceOf } from '../client-types.ts'
import type { EventFrame, Frame, FrameOf } from '../frames.ts'
import type { PendingMessage } from '../outgoing/outbox.ts'
import { type Connection, idle } from '../transport/connection.ts'
import { withRoster } from './roster.ts'
import type { Entry } from './timeline.ts'
import { type Turn, withTurns } from './turns.ts'
import { type Typist, typingAt, withTyping } from './typing.ts'
import type { Unread } from './unread.ts'

/** How much of the log is loaded into `entries`. */
export type LoadedHistory = {
  readonly oldest: number // seq of the first loaded event; everything from here to `position` is loaded
  readonly older: 'unknown' | 'loading' | 'some' | 'none' // events before `oldest`
  readonly trimmed: boolean // there were older events, which the channel no longer keeps
}

/** Everything that is known of a channel. A part is replaced when it changes, and only then. */
export type ChannelState<Types extends ClientTypes = ClientTypes> = {
  readonly connection: Connection
  readonly self: User | null // null before the first welcome, as are the next three
  readonly circle: CircleInfo | null
  readonly limits: Limits | null
  readonly files: boolean // files can be uploaded for messages
  readonly epoch: string | null
  readonly position: number // every event up to this seq has been applied; 0 before the first welcome
  readonly entries: readonly Entry<Types>[] // the loaded part of the log, oldest first
  readonly history: LoadedHistory
  readonly pending: readonly PendingMessage[] // our messages that are not in `entries` yet
  readonly members: readonly MemberIn<Types>[] // online; empty above 200
  readonly presence: PresenceOf<Types> | null // our own state, as it was set last
  readonly memberCount: number
  readonly agents: readonly AgentInfo[]
  readonly typing: readonly Typist[] // other people who are typing now
  readonly turns: readonly Turn[] // in progress
  readonly readBy: ReadonlyMap<string, number> // how far each user has read (seq), by user id
  readonly lastRead: number | null // how far we have read (seq); null while that is not known
  readonly unread: Unread
}

/** The channel's state, with what the store keeps to compute it. */
export type StoreState = ChannelState & {
  readonly typists: readonly Typist[] // people who are typing now, or will show as typing again (see typing.ts)
}

/** The newest events of a channel and what its welcome said, as JSON can hold it: for `Channel.restore`. */
export type Snapshot = { welcome: FrameOf<'welcome'>['data']; events: EventFrame[] }

/** The state of a channel that was never connected. */
export const emptyState: StoreState = {
  connection: idle,
  self: null,
  circle: null,
  limits: null,
  files: false,
  epoch: null,
  position: 0,
  entries: [],
  history: { oldest: 0, older: 'unknown', trimmed: false },
  pending: [],
  members: [],
  presence: null,
  memberCount: 0,
  agents: [],
  typists: [],
  typing: [],
  turns: [],
  readBy: new Map(),
  lastRead: null,
  unread: { count: 0, mentions: 0, first: null },
}

/** The state after a frame, except for the log itself, which the store applies. */
export function withFrame(state: StoreState, frame: Frame, now: number): StoreState {
  const { members, count } = withRoster({ members: state.members, count: state.memberCount }, frame)
  const isOwn = frame.type === 'typing' && frame.data.user_id === state.self?.id
  const typists = isOwn ? state.typists : withTyping(state.typists, frame, now)
  const next = {
    ...state,
    members,
    memberCount: count,
    typists,
    typing: typingAt(typists, now, state.typing),
    turns: withTurns(state.turns, frame),
  }
  switch (frame.type) {
    case 'welcome': {
      const { user: self, circle, limits, epoch, agents, read = 0, files = false } = frame.data
      const lastRead = state.lastRead === null ? null : Math.max(state.lastRead, read)
      return { ...next, self, circle, limits, files, epoch, agents, lastRead }
    }
    case 'presence': {
      const changed = frame.data.changed.find(({ id }) => id === state.self?.id)
      const isSame = changed === undefined || changed.role === state.self?.role
      return isSame ? next : { ...next, self: state.self && { ...state.self, role: changed.role } }
    }
    case 'read': {
      const { user_id, seq } = frame.data
      const lastRead = user_id === state.self?.id ? Math.max(seq, state.lastRead ?? 0) : state.lastRead
      return { ...next, lastRead, readBy: new Map(state.readBy).set(user_id, seq) }
    }
    case 'circle_status': {
      const { user_id: _by, visibility, ...changed } = frame.data
      const circle = state.circle && { ...state.circle, ...changed, ...(visibility && { visibility }) }
      return { ...next, circle }
    }
    case 'agent_joined':
    case 'agent_left':
      return { ...next, agents: withAgent(state.agents, frame.data, frame.type === 'agent_joined') }
    default:
      return next
  }
}

function withAgent(
  agents: readonly AgentInfo[],
  { agent_id: id, agent_name: name }: { agent_id: string; agent_name: string },
  joined: boolean,
): readonly AgentInfo[] {
  if (!agents.some(agent => agent.id === id))
    return joined ? [...agents, { id, name, description: '', joined }] : agents
  return agents.map(agent => (agent.id === id ? { ...agent, joined } : agent))
}
