/** The reason a caller is not authenticated or authorized: codes of the wire. `http/errors.ts` maps each to a status. */
type AuthErrorCode =
  | 'unconfigured'
  | 'missing_token'
  | 'invalid_token'
  | 'token_expired'
  | 'token_revoked'
  | 'unavailable'
  | 'rate_limited'
  | 'forbidden'
  | 'invalid_name'

/**
 * A denial as data, for the caller: it contains neither the token nor a stack. With `retryAfterMs` it passes by itself:
 * the same credentials may be good by then.
 */
export type AuthError = { denied: AuthErrorCode; message: string; retryAfterMs?: number }

/** Makes an AuthError. */
export function authError(code: AuthErrorCode, message: string): AuthError {
  return { denied: code, message }
}

/** Returns whether a result is an AuthError. */
export function isAuthError<Value extends object | null>(value: Value | AuthError): value is AuthError {
  return value !== null && 'denied' in value
}
