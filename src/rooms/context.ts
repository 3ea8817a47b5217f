import type { AgentRegistry } from '../agents/agent-registry.ts'
import { namedUuid } from '../lib/ids.ts'
import type { Sql } from '../lib/sql.ts'
import type { ChannelName } from '../protocol/channels.ts'
import type { EncodeContext } from '../protocol/dialects/dialect.ts'
import type { Limits } from '../protocol/limits.ts'
import type { ChannelKindConfig } from './channel-kinds.ts'
import type { EventLog } from './log/event-log.ts'
import type { MessageView } from './log/messages.ts'
import type { Search } from './log/search.ts'
import type { Invitations } from './members/invitations.ts'
import type { MemberRoles } from './members/member-roles.ts'
import type { Settings } from './members/settings.ts'
import type { Ledger } from './metering/ledger.ts'
import type { Meter } from './metering/meter.ts'
import type { DigestQueue } from './outbound/digests/queue.ts'
import type { DirectoryEntryState } from './outbound/directory-entry.ts'
import type { WebhookQueue } from './outbound/webhooks/queue.ts'
import type { Presence } from './sessions/presence.ts'
import type { RateLimiter } from './sessions/rate-limit.ts'
import type { Session, SessionId } from './sessions/session.ts'
import type { Typing } from './sessions/typing.ts'
import type { TurnManager } from './turns/turn-manager.ts'

/** What a room is given: its place, its storage, and the little it cannot make itself. */
export type RoomDeps = {
  channel: ChannelKindConfig
  name: string
  sql: Sql
  agents: Pick<AgentRegistry, 'ids' | 'about'>
  limits: Limits
  newId: () => string // random, URL-safe, never the same twice
  meter: Meter
  ledgers: readonly Ledger[] // the meter's, as they lie on sockets
  storageBytes: () => number
}

/** What a room is made of; every command works on these. */
export type RoomContext = RoomDeps & {
  channelName: ChannelName
  around: EncodeContext // what a dialect may know of this channel
  instance: string // of the room in memory: another after every wake-up, the same while it lives
  log: EventLog
  lines: MessageView
  settings: Settings
  members: MemberRoles
  invitations: Invitations
  presence: Presence
  typing: Typing
  pace: RateLimiter
  answers: TurnManager
  digests: DigestQueue
  search: Search
  webhooks: WebhookQueue
  listing: DirectoryEntryState
  sessions: Map<SessionId, Session>
  touched: Set<Session> // sessions that differ from their attachments
}

/** The session a line belongs to: the same person, or the same platform, keeps it; no row remembers it. */
export function memoryIdOf(settings: Settings, userId: string, source: string | undefined): string {
  return namedUuid(`${settings.epoch}\n${source === undefined ? `user:${userId}` : `source:${source}`}`)
}
