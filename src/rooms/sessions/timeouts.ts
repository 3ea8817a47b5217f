import type { CloseName } from '../../protocol/close-codes.ts'
import type { Session } from './session.ts'

/** A native socket that was silent for so long is taken for dead (H3). */
export const silenceMs = 150_000
/** A plain socket has so long to say who it is (A4). */
export const firstTokenMs = 5_000

/** What only the shell can know about a socket. */
export type SocketProbe = {
  lastPingAt(sessionId: string): number // ms: the last ping the runtime answered by itself, 0 if none
  backlog(sessionId: string): number // bytes that are sent but not taken yet, 0 where the runtime cannot tell
}

/** Why a session must end now, or null. */
export function expiryReason(session: Session, wire: SocketProbe, now: number): [CloseName, string] | null {
  const { principal } = session
  if (principal === null) {
    return now >= session.startedAt + firstTokenMs ? ['unauthenticated', 'nobody said who this is'] : null
  }
  if (principal.expires !== null && now >= principal.expires) return ['expired', 'the token has ended']
  const seenAt = Math.max(session.seenAt, wire.lastPingAt(session.id))
  return session.dialect === 'native' && now >= seenAt + silenceMs ? ['heartbeat', 'nothing came for too long'] : null
}

/** The first moment at which this session could be over (ms), or null: it owes nothing. */
function deadline(session: Session, seenAt: number): number | null {
  if (session.principal === null) return null // a moment's matter: the room's tick looks after it
  const silence = session.dialect === 'native' ? seenAt + silenceMs : null
  const expires = session.principal?.expires ?? null
  return silence === null || expires === null ? (silence ?? expires) : Math.min(silence, expires)
}

/**
 * The earliest deadline of all sockets, kept as a lower bound: a ping moves a deadline without waking anybody, and the
 * alarm that comes too early only looks again. Nothing here is O(members) but that look.
 */
export class SessionTimeouts {
  #next: number | null = null
  #owing = 0 // sessions that have a deadline

  get next(): number | null {
    return this.#next
  }

  add(session: Session): void {
    const at = deadline(session, session.seenAt)
    if (at === null) return
    this.#owing += 1
    this.#next = Math.min(this.#next ?? at, at)
  }

  remove(session: Session): void {
    if (deadline(session, session.seenAt) === null) return
    this.#owing -= 1
    if (this.#owing === 0) this.#next = null
  }

  /** Counts again from what is known now. */
  recount(sessions: Iterable<Session>, wire: SocketProbe): void {
    this.#next = null
    this.#owing = 0
    for (const session of sessions) {
      const at = deadline(session, Math.max(session.seenAt, wire.lastPingAt(session.id)))
      if (at === null) continue
      this.#owing += 1
      this.#next = Math.min(this.#next ?? at, at)
    }
  }
}
