/** Why somebody does not come in. The codes are the wire's; `http/errors.ts` gives each its status. */
export type AuthErrorCode =
  | 'unconfigured'
  | 'missing_token'
  | 'invalid_token'
  | 'token_expired'
  | 'token_revoked'
  | 'unavailable'
  | 'forbidden'
  | 'invalid_name'

/** A denial is data: what to tell the caller, without the token and without a stack. */
export type AuthError = { denied: AuthErrorCode; message: string }

export function authError(code: AuthErrorCode, message: string): AuthError {
  return { denied: code, message }
}

export function isAuthError<Value extends object | null>(value: Value | AuthError): value is AuthError {
  return value !== null && 'denied' in value
}
