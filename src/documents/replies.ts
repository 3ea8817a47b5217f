import type { EphemeralDelivery } from '../rooms/outcome.ts'
import type { SessionId } from '../rooms/sessions/session.ts'

/** What is to be sent to single sessions, in order. */
export class Replies {
  #frames: EphemeralDelivery[] = []

  /** Adds one. `isEphemeral`: a slow reader may miss it. */
  to(to: SessionId, bytes: Uint8Array, isEphemeral = false): void {
    this.#frames.push({ frame: { type: 'binary', bytes, isEphemeral }, to })
  }

  /** Everything since the last call. */
  take(): EphemeralDelivery[] {
    return this.#frames.splice(0)
  }
}
