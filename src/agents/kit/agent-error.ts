/** A failure whose code and message people may see. Of any other error, people learn only that the agent failed. */
export class AgentError extends Error {
  readonly code: string
  readonly retry: boolean // false: another attempt would fail in the same way

  constructor(code: string, message: string, { retry = true }: { retry?: boolean } = {}) {
    super(message)
    this.code = code
    this.retry = retry
  }
}
