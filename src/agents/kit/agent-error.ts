/** What is known of a failure beside its code and its message. */
export type AgentErrorOptions = {
  retry?: boolean // true if absent; false: another attempt would fail in the same way
  retryAfterMs?: number | undefined // another attempt before this pause would fail in the same way
  cause?: unknown // for the agent's own log; people do not see it
}

/** A failure whose code and message people may see. Of any other error, people learn only that the agent failed. */
export class AgentError extends Error {
  readonly code: string
  readonly retry: boolean
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, { retry = true, retryAfterMs, ...options }: AgentErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.retry = retry
    this.retryAfterMs = retryAfterMs
  }
}
