import type { ErrorCode } from '../protocol/errors.ts'

/** Why something was not done: the server's codes, and those that only a client can know. */
export type CirclesErrorCode =
  | ErrorCode
  | 'closed' // by this side, before an answer came
  | 'ended' // the channel is not to be had: gone, forbidden, banned …
  | 'signed_out' // the token is not accepted and there is no other
  | 'outbox_full'
  | 'discarded' // an unsent line was thrown away by its author

/** What a refused or unsent command rejects with. */
export class CirclesError extends Error {
  override readonly name = 'CirclesError'
  readonly code: CirclesErrorCode
  readonly retryAfterMs: number | null

  constructor(code: CirclesErrorCode, message: string, retryAfterMs: number | null = null) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
