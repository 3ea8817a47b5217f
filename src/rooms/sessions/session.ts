import type { Principal } from '../../auth/principal.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { User } from '../../protocol/roles.ts'
import type { DialectName } from './caller-context.ts'

/** The id of a session. */
export type SessionId = string

/** One connection. It fits into a socket's attachment, so nothing is lost in hibernation. */
export type Session = {
  id: SessionId
  dialect: DialectName
  agent: string | null // the agent that a text socket sends its messages to
  principal: Principal
  user: User // with the role in force here
  state: Record<string, unknown> | null // the user's presence state, the same on all its sessions
  startedAt: number // ms
  seenAt: number // ms: the last frame that the room received; the runtime answers pings by itself
  cursor: number | null // seq replayed so far; null: live
  confirmsReceipt: boolean // confirms frames with `recv`, and must go on doing so
  bucket: Bucket
  request?: string // the id of the connect request in the log
  kept?: { document?: unknown } // by components, under their names: small, and JSON
  signals?: true // it asked for signals (D1)
  relay?: string // at which its socket stands; absent: at the channel's own object
  frames: number // received
  refused: Record<string, number> // by error code
}

/** The messages and bytes a session may still send, refilled over time; `refusals`: the last ones (ms). */
export type Bucket = { messages: number; bytes: number; at: number; refusals: number[] }

/** A new session. */
export function newSession(
  parts: Pick<Session, 'id' | 'dialect' | 'agent' | 'principal' | 'request' | 'signals' | 'relay'>,
  bucket: Bucket,
  now: number,
): Session {
  const { id, dialect, agent, principal, request, signals, relay } = parts
  const session: Session = {
    id,
    dialect,
    agent,
    principal,
    user: userOf(principal),
    state: null,
    startedAt: now,
    seenAt: now,
    cursor: null,
    confirmsReceipt: false,
    bucket,
    frames: 0,
    refused: {},
  }
  if (request !== undefined) session.request = request
  if (signals !== undefined) session.signals = signals
  if (relay !== undefined) session.relay = relay
  return session
}

/** The user of a principal, with the role its token grants. */
export function userOf(principal: Principal): User {
  return { id: principal.id, name: principal.name, kind: principal.kind, role: principal.role }
}

/** Returns whether a session gets signals: its dialect shows everything of the moment, or it asked for them. */
export function receivesSignals(session: Session): boolean {
  return session.signals === true || receivesEphemeral(session)
}

/** Returns whether a session gets frames that are not logged, such as presence and typing. */
export function receivesEphemeral({ dialect }: Session): boolean {
  return dialects[dialect].receivesEphemeral
}
