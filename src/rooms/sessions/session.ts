import type { Principal } from '../../auth/principal.ts'
import type { User } from '../../protocol/roles.ts'
import type { Ledger } from '../metering/ledger.ts'
import type { MetricsSnapshot } from '../object/metrics.ts'
import type { DialectName } from './caller-context.ts'
import type { EphemeralSnapshot } from './ephemeral-state.ts'

export type SessionId = string

/** One socket, as the room knows it. All of it fits into the socket's attachment, so nothing is lost in hibernation. */
export type Session = {
  id: SessionId
  dialect: DialectName
  agent: string | null // whom a text socket talks with
  principal: Principal | null // null: has not said who it is yet (A4)
  user: User // as others see it; the role is the one in force here
  state: Record<string, unknown> | null // the user's presence state, the same on all of a user's sockets
  startedAt: number
  seenAt: number // last sign of life through the room; pings answered by the runtime are known to the shell only
  cursor: number | null // seq replayed so far; null: live
  tellsTaken: boolean // says `recv` after what it was sent, and is held to it
  bucket: Bucket
  request?: string // what the log calls the request that opened it
  frames: number // that came in
  refused: Record<string, number> // by error code
  held: string[] | null // frames that wait while a first token is being checked; never across a wake-up
}

/** What a socket may still send: messages and bytes, refilled by time. */
export type Bucket = { messages: number; bytes: number; at: number; refusals: number[] }

/** A session as it is kept on its socket; `v` because old sockets meet new code after a deploy. */
export type Attachment = Omit<Session, 'held'> & {
  v: 1
  notes?: EphemeralSnapshot
  ledger?: Ledger
  tally?: MetricsSnapshot
}

const nobody: User = { id: '', name: '', kind: 'guest', role: 'reader' }

/** A session that begins now. */
export function newSession(
  given: Pick<Session, 'id' | 'dialect' | 'agent' | 'principal' | 'request'>,
  bucket: Bucket,
  now: number,
): Session {
  const user = given.principal === null ? nobody : userOf(given.principal)
  const none = { state: null, cursor: null, held: null, tellsTaken: false, frames: 0, refused: {} }
  return { ...given, ...none, user, startedAt: now, seenAt: now, bucket }
}

export function userOf(principal: Principal): User {
  return { id: principal.id, name: principal.name, kind: principal.kind, role: principal.role }
}

/** `kept`: what this socket keeps for all. */
export function toAttachment(session: Session, kept: { notes?: EphemeralSnapshot; ledger?: Ledger } = {}): Attachment {
  const { held: _held, ...own } = session
  return { v: 1, ...own, ...kept }
}

// What is absent on sockets from before it was.
const notYet = { tellsTaken: false, frames: 0, refused: {} }

export function fromAttachment(attachment: Attachment): Session {
  const { v: _v, notes: _notes, ledger: _ledger, tally: _tally, ...own } = attachment
  return { ...notYet, ...own, held: null }
}
