import type { Env } from '../../env.ts'
import type { Sql } from '../../lib/sql.ts'
import type { LoggedEvent } from '../../protocol/events/events.ts'
import type { RelayFigures } from '../../protocol/stats.ts'
import type { ConnectionProbe } from '../deps.ts'
import type { Outcome } from '../outcome.ts'
import type { Room } from '../room.ts'
import type { ConnectRefusal } from '../sessions/access.ts'
import type { Attachment } from '../sessions/attachment.ts'
import type { IdentifiedCaller } from '../sessions/caller-context.ts'
import type { Session, SessionId } from '../sessions/session.ts'
import type { InboundFrame } from './frame-buffer.ts'
import type { Sockets } from './sockets.ts'
import type { Subscriber } from './subscriber.ts'

/** The header with which a relay connects. Every request from outside has the caller's header as well; this one has not. */
export const relayHeader = 'x-circles-relay'
/** The header with the plan for new sockets: on the answer to an upgrade, and on an upgrade that may be sent to a relay. */
export const planHeader = 'x-circles-relays'

/** A relay's connection, as the object accepted it. */
export type RelaySocket = Pick<WebSocket, 'send' | 'close' | 'serializeAttachment' | 'deserializeAttachment'>

/** What the sessions behind relays need of the object they belong to. */
export type RelaySessionsPorts = {
  env: Env
  sql: Sql
  sockets(): RelaySocket[] // of relays, which outlived the last instance
  ownSessions(): Iterable<SessionId> // whose sockets stand here
  room(): Room | null
  receive(frame: InboundFrame): void
  run(act: (room: Room, now: number) => Outcome): void
  /** Members have gone. */
  left(sessions: readonly SessionId[], code: number): void
  failed(error: unknown): void
  /** Admits a member as if it had connected here; returns the refusal, or null. */
  connect(caller: IdentifiedCaller, accept: (id: SessionId) => void): Promise<ConnectRefusal | null>
  background(work: Promise<void>): void
  setTimer(run: () => void, ms: number): void
  now(): number
}

/** The sessions of a channel whose sockets stand at relays, each of which is connected by one WebSocket. */
export interface RelaySessions extends Subscriber {
  /** Returns whether a session's socket stands at a relay. */
  has(session: SessionId): boolean
  /** The sessions that outlived the last instance. */
  restore(): Attachment[]
  /** Stores a session's attachment. */
  store(session: SessionId, attachment: Attachment): void
  /** A relay connects; false: it is of another version. */
  opened(header: string, socket: RelaySocket): boolean
  /** Takes the frame of a relay's socket; false: it is none. */
  receive(socket: RelaySocket, frame: string | ArrayBuffer): boolean
  /** A relay's socket is gone. */
  closed(socket: RelaySocket): void
  /** Events are about to be sent. */
  noteEvents(events: readonly LoggedEvent[]): void
  /** The sessions to which a broadcast is handed: all that are not behind relays, and as few of the others as are enough. */
  receivers(typingUsers: ReadonlySet<string>): Iterable<Session>
  /** Sends what is collected. */
  flush(): void
  /** The channel was deleted, with all that is stored. */
  forget(): void
  /** What it knows of each relay. */
  figures(): readonly RelayFigures[]
  /** The plan for new sockets, for the Worker. */
  readonly plan: string
}

const tag = 'relay'

/** The sockets of relays among those of an object. */
export function relaySockets(state: DurableObjectState): RelaySocket[] {
  return state.getWebSockets(tag)
}

/** Accepts the socket of a relay. */
export function acceptRelay(state: DurableObjectState, relays: RelaySessions | null, header: string): Response {
  if (relays === null) return new Response('This circle has no relays.', { status: 404 })
  const { 0: client, 1: server } = new WebSocketPair()
  if (!relays.opened(header, server)) return new Response('This relay is of another version.', { status: 426 })
  state.acceptWebSocket(server, [tag])
  return new Response(null, { status: 101, webSocket: client })
}

/** What is known of the connections of all sessions, wherever their sockets stand. */
export function probeOf(sockets: Sockets, relays: RelaySessions | null): ConnectionProbe {
  if (relays === null) return sockets
  const of = (session: SessionId) => (relays.has(session) ? relays : sockets)
  return {
    lastPingAt: session => of(session).lastPingAt(session),
    backlog: session => of(session).backlog(session),
    confirmReceived: session => of(session).confirmReceived(session),
    relays: () => relays.figures(),
  }
}
