import type { CloseName } from '../../protocol/close-codes.ts'
import type { ConnectionProbe } from '../deps.ts'
import type { SessionId } from '../sessions/session.ts'

/** An encoded frame. */
export type Encoded = string | Uint8Array

/** The frames of one run for a session, in order. `durable` leaves out the ephemeral ones. Many sessions share one. */
export type Delivery = {
  frames: readonly Encoded[]
  durable: () => readonly Encoded[]
  hasEphemeral?: boolean // `durable` returns fewer
  isShared?: true // every session of this dialect that has no delivery of its own in this run gets this one
}

/**
 * Carries encoded frames to one or more sessions. What a session is connected by is known here only: a socket of its
 * own, an event stream, or one pipe with many others.
 */
export interface Subscriber extends ConnectionProbe {
  /** Sends a session its frames. Never throws: a connection that is gone reports its end by itself. */
  deliver(session: SessionId, delivery: Delivery): void
  /** Every delivery of the run was made; sends what was collected for several sessions. */
  flush?(): void
  /** Closes a session's connection. */
  close(session: SessionId, code: CloseName, reason: string): void
}
