import type { AgentRegistry } from '../agents/agent-registry.ts'
import type { CompileRegex } from '../agents/routing-rules.ts'
import type { TurnResult } from '../lib/logger.ts'
import type { Sql } from '../lib/sql.ts'
import type { ChannelKindDefinition } from '../protocol/channels/channel-kinds.ts'
import type { Wrappings } from '../protocol/dialects/dialect.ts'
import type { EventRegistry } from '../protocol/events/event-registry.ts'
import type { EventData } from '../protocol/events/events.ts'
import type { Limits } from '../protocol/limits.ts'
import type { RelayFigures } from '../protocol/stats.ts'
import type { Hooks } from './hooks.ts'
import type { Ledger } from './metering/ledger.ts'
import type { Meter } from './metering/meter.ts'
import type { SessionId } from './sessions/session.ts'
import type { Turn } from './turns/turn-queue.ts'

/** What only the object knows of the connection of a session. */
export type ConnectionProbe = {
  lastPingAt(session: SessionId): number // ms: the last ping that the runtime answered by itself, 0 if none
  backlog(session: SessionId): number // bytes that were sent and not taken yet, 0 where the runtime cannot tell
  confirmReceived(session: SessionId): void // what it was sent so far has arrived
  relays?(): readonly RelayFigures[] // at which sockets stand; absent: at none
}

/** The end of a turn, for metrics and the log. */
export type TurnEnd = { turn: Turn; outcome: TurnResult; code?: string; ms: number }

/** Receives what others may want to know of a room's turns; nothing comes back. */
export type TurnObserver = {
  agentActivity(agent: string, data: EventData<'agent_activity'>, alias: string): void // for the agent's own channel
  turnEnded(end: TurnEnd): void
}

/** What a room is given by the object it runs in. */
export type RoomDeps = {
  name: string // of the channel, without its kind
  openedAt: number // ms
  sql: Sql
  agents: Pick<AgentRegistry, 'ids' | 'description'> & Partial<Pick<AgentRegistry, 'lookUp'>>
  newId: () => string // random, URL-safe, never the same twice
  meter: Meter
  ledgers: readonly Ledger[] // the copies of the meter's ledger that were found on sockets
  storageBytes: () => number
  probe: ConnectionProbe
  observer: TurnObserver
}

/** The tables of a room that its parts read. */
export type RoomSetup = {
  kind: ChannelKindDefinition
  limits: Limits
  events: EventRegistry
  hooks: Hooks
  regex: CompileRegex | null // for routing rules; null: they may have no regular expressions
  wrappings?: Wrappings | undefined // of the bytes of components
}
