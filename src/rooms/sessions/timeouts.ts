import type { CloseName } from '../../protocol/close-codes.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { Changed, Component } from '../component.ts'
import type { ConnectionProbe } from '../deps.ts'
import { type Outcome, sequence } from '../outcome.ts'
import type { Session } from './session.ts'

/** How long a native socket may be silent before it is closed (ms; H3). */
export const silenceMs = 150_000

type Probe = Pick<ConnectionProbe, 'lastPingAt'>
/** Ends a session, for the reason given. */
export type EndSession = (session: Session, reason: [CloseName, string], now: number) => Outcome

/** The reason why a session must end now, or null. */
export function expiryReason(session: Session, probe: Probe, now: number): [CloseName, string] | null {
  const { principal } = session
  if (principal.expires !== null && now >= principal.expires) return ['expired', 'the token has ended']
  const seenAt = Math.max(session.seenAt, probe.lastPingAt(session.id))
  return hasHeartbeat(session) && now >= seenAt + silenceMs ? ['heartbeat', 'nothing came for too long'] : null
}

/** The earliest time at which this session may have to end (ms), or null. */
function deadline(session: Session, seenAt: number): number | null {
  const silence = hasHeartbeat(session) ? seenAt + silenceMs : null
  const { expires } = session.principal
  return silence === null || expires === null ? (silence ?? expires) : Math.min(silence, expires)
}

// A relay answers its members' pings, and closes those that are silent.
function hasHeartbeat({ dialect, relay }: Session): boolean {
  return relay === undefined && dialects[dialect].heartbeats
}

/**
 * Ends sessions that are silent or whose token has expired. The earliest deadline is kept as a lower bound: a ping
 * moves a deadline without waking the object, and an alarm that fires too early computes it again, which is the only
 * step that is O(members).
 */
export class SessionTimeouts implements Component {
  readonly #probe: Probe
  readonly #changed: Changed
  readonly #end: EndSession
  readonly #sessions: ReadonlyMap<string, Session>
  #next: number | null = null
  #withDeadline = 0 // sessions

  constructor(
    { probe, sessions, end }: { probe: Probe; sessions: ReadonlyMap<string, Session>; end: EndSession },
    changed: Changed,
  ) {
    this.#probe = probe
    this.#sessions = sessions
    this.#end = end
    this.#changed = changed
  }

  nextAlarm(): number | null {
    return this.#next
  }

  onAlarm(now: number): Outcome {
    const ended = this.#endExpired([...this.#sessions.values()], now)
    this.recount()
    return ended
  }

  /** Adds a session. */
  add(session: Session): void {
    const at = deadline(session, session.seenAt)
    if (at === null) return
    this.#withDeadline += 1
    this.#setNext(Math.min(this.#next ?? at, at))
  }

  /** Removes a session that ended. */
  remove(session: Session): void {
    if (deadline(session, session.seenAt) === null) return
    this.#withDeadline -= 1
    if (this.#withDeadline === 0) this.#setNext(null)
  }

  /** Computes the earliest deadline anew. */
  recount(): void {
    let next: number | null = null
    this.#withDeadline = 0
    for (const session of this.#sessions.values()) {
      const at = deadline(session, Math.max(session.seenAt, this.#probe.lastPingAt(session.id)))
      if (at === null) continue
      this.#withDeadline += 1
      next = Math.min(next ?? at, at)
    }
    this.#setNext(next)
  }

  #endExpired(sessions: readonly Session[], now: number): Outcome {
    return sequence(
      ...sessions.flatMap(session => {
        const reason = expiryReason(session, this.#probe, now)
        return reason === null ? [] : [this.#end(session, reason, now)]
      }),
    )
  }

  #setNext(at: number | null): void {
    if (at === this.#next) return
    this.#next = at
    this.#changed()
  }
}
