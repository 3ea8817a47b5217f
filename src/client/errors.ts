import type { RefusalCode } from '../protocol/errors.ts'

/** The code of a CirclesError: one of the server's, or one that only the client can know. */
export type CirclesErrorCode =
  | RefusalCode
  | 'closed' // this side disconnected before a reply came
  | 'ended' // the channel cannot be reached any more: deleted, forbidden, banned …
  | 'signed_out' // the server does not accept the token, and there is no other
  | 'outbox_full'
  | 'discarded' // the author discarded the message before it was sent

/** The error that a refused or unsent command rejects with. */
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
