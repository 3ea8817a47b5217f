import { AgentError } from './agent-error.ts'

/** A failure of a language model or its server, for the log. Keys and addresses are struck out of its message. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly status: number | null // null: there was no response, or it broke off
  readonly retryAfterMs: number | undefined

  constructor(status: number | null, message: string, retryAfterMs?: number) {
    super(status === null ? message : `status ${status}: ${message}`)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** Describes a failure for people. Its own text may contain the request or the address, and is only for the log. */
export function toAgentError(cause: ModelError, who = 'language model'): AgentError {
  const { status, retryAfterMs } = cause
  if (status === null)
    return new AgentError('model_broke_off', `The ${who} could not be reached, or its reply was cut off.`, { cause })
  if (status === 429)
    return new AgentError('model_busy', `The ${who} is overloaded or its rate limit is reached.`, {
      cause,
      retryAfterMs,
    })
  if (status === 408 || status >= 500)
    return new AgentError('model_failed', `The ${who} failed (${status}).`, { cause, retryAfterMs })
  const message = `The ${who} refused the request (${status}). The operator should check its settings.`
  return new AgentError('model_refused', message, { retry: false, cause })
}

/** Returns whether a response with this status is a failure. */
export function isFailure(status: number | null): status is number {
  return status !== null && status >= 300 && status <= 599
}

/** The pause that a response wishes (ms). A date counts from the date of the response. */
export function retryAfterOf(headers: Record<string, string>): number | undefined {
  const { 'retry-after-ms': exact, 'retry-after': seconds, date } = headers
  if (exact !== undefined && Number(exact) >= 0) return Number(exact)
  if (seconds === undefined) return undefined
  const pause = /^\s*\d+(?:\.\d+)?\s*$/.test(seconds)
    ? Number(seconds) * 1_000
    : Date.parse(seconds) - Date.parse(date ?? '')
  return pause >= 0 ? pause : undefined
}

const secretPatterns: [pattern: RegExp, instead: string][] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, '[address]'],
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[address]'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\blocalhost(?::\d+)?\b|\[[0-9a-f:]{3,}\](?::\d+)?/gi, '[address]'],
  [/\bBearer\s+\S+|\b(?:sk|pk|rk|gsk|xai|hf|key|token|api[-_]?key)[-_][\w*.-]{4,}|\bAIza[\w-]+/gi, '[key]'],
  [/(?=[\w*-]*\d)[\w-]*(?:\*{3,}[\w-]*|[\w-]{24,})/g, '[key]'], // long, with a digit, or with stars in the middle
]

/** Makes one line of a provider's text for the log, without keys, addresses, and these other texts. */
export function strikeOut(text: string, secrets: readonly string[] = []): string {
  let line = text.replace(/\s+/g, ' ')
  for (const secret of secrets) if (secret.length >= 2) line = line.replaceAll(secret, '[…]')
  for (const [pattern, instead] of secretPatterns) line = line.replace(pattern, instead)
  return line.trim().slice(0, 500)
}
