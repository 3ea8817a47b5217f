/** Why somebody does not come in. The codes are the wire's; `http/errors.ts` gives each its status. */
export type DenialCode =
  | 'unconfigured'
  | 'missing_token'
  | 'invalid_token'
  | 'token_expired'
  | 'token_revoked'
  | 'unavailable'
  | 'forbidden'
  | 'invalid_name'

/** A denial is data: what to tell the caller, without the token and without a stack. */
export type Denied = { denied: DenialCode; message: string }

export function denied(code: DenialCode, message: string): Denied {
  return { denied: code, message }
}

export function isDenied<Value extends object | null>(value: Value | Denied): value is Denied {
  return value !== null && 'denied' in value
}
