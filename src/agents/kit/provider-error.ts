import { APICallError } from 'ai'
import { isFailure, ModelError, retryAfterOf, strikeOut } from './model-error.ts'

/** The failure of any provider of the AI SDK, with what it says and without what it must not say. */
export function toModelError(error: unknown): ModelError {
  for (let inner = error; inner instanceof Error; inner = inner.cause) if (inner instanceof ModelError) return inner
  const { message } = error instanceof Error ? error : { message: JSON.stringify(error) ?? `${error}` }
  const status = APICallError.isInstance(error) ? (error.statusCode ?? null) : null
  const headers = APICallError.isInstance(error) ? error.responseHeaders : undefined
  return new ModelError(isFailure(status) ? status : null, strikeOut(message), retryAfterOf(headers ?? {}))
}
