import type { AgentRegistry } from '../agents/directory.ts'
import { namedUuid } from '../lib/ids.ts'
import type { Sql } from '../lib/sql.ts'
import type { ChannelName } from '../protocol/channels.ts'
import type { EncodeContext } from '../protocol/dialects/dialect.ts'
import type { Limits } from '../protocol/limits.ts'
import type { TurnManager } from './answers/answers.ts'
import type { ChannelKindConfig } from './channel.ts'
import type { DigestQueue } from './digests/digests.ts'
import type { Invitations } from './invitations.ts'
import type { MessageView } from './lines.ts'
import type { DirectoryEntryState } from './listing.ts'
import type { EventLog } from './log.ts'
import type { MemberRoles } from './members.ts'
import type { Ledger } from './meter/ledger.ts'
import type { Meter } from './meter/meter.ts'
import type { RateLimiter } from './pace.ts'
import type { Presence } from './presence.ts'
import type { Search } from './search.ts'
import type { Session, SessionId } from './session.ts'
import type { Settings } from './settings.ts'
import type { Typing } from './typing.ts'
import type { WebhookQueue } from './webhooks/webhooks.ts'

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
