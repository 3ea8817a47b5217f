import type { TypedResponse } from 'hono'
import type { AuthError } from '../auth/auth-error.ts'
import type { HttpErrorBody, OwnErrorCode } from '../protocol/errors.ts'

/** The status of each error code that HTTP can return. */
export const statuses = {
  bad_frame: 400,
  bad_json: 400,
  bad_subprotocol: 400,
  empty: 400,
  invalid: 400,
  invalid_name: 400,
  too_deep: 400,
  unknown_type: 400,
  unsupported_root: 400,
  invalid_token: 401,
  missing_token: 401,
  ticket_used: 401,
  token_expired: 401,
  token_revoked: 401,
  unauthenticated: 401,
  unconfigured: 401,
  banned: 403,
  blocked: 403,
  forbidden: 403,
  host_not_allowed: 403,
  origin_not_allowed: 403,
  read_only: 403,
  agent_unavailable: 404, // the request names an agent that does not exist
  not_found: 404,
  method_not_allowed: 405,
  ambiguous_root: 409,
  conflict: 409,
  no_match: 409,
  not_unique: 409,
  paused: 409,
  gone: 410,
  length_required: 411,
  too_large: 413,
  unsupported_type: 415,
  upgrade_required: 426,
  rate_limited: 429,
  loop_guard: 429,
  internal: 500,
  files_unavailable: 501,
  not_implemented: 501, // without a binding or a setting that this deployment does not have
  unavailable: 503,
} as const

/** An error code that HTTP can return. */
type HttpErrorCode = keyof typeof statuses

const ownCodeStatus = 422 // of a refusal by a handler of somebody else's, with a code of theirs

/** An error response, with the type by which Hono's typed client knows it. */
export type Failure = Response &
  TypedResponse<HttpErrorBody, (typeof statuses)[HttpErrorCode] | typeof ownCodeStatus, 'json'>

/** Makes an error response: `{"error":{"code","message"}}` with the status of the code. */
export function failure(
  code: HttpErrorCode | OwnErrorCode,
  message: string,
  headers: Record<string, string> = {},
): Failure {
  const status = isOwn(code) ? ownCodeStatus : statuses[code]
  const body: HttpErrorBody = { error: { code, message } }
  const allHeaders = {
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...headers,
  }
  return Response.json(body, { status, headers: allHeaders }) as Failure // TypedResponse exists for the compiler only
}

function isOwn(code: HttpErrorCode | OwnErrorCode): code is OwnErrorCode {
  return code.startsWith('x_')
}

/** Makes the response for a caller who is not authenticated or not authorized. */
export function authFailure({ denied, message, retryAfterMs }: AuthError): Failure {
  return failure(denied, message, retryAfterMs === undefined ? {} : retryAfter(retryAfterMs))
}

/** The header that says when to try again. */
export function retryAfter(ms: number): { 'retry-after': string } {
  return { 'retry-after': `${Math.max(1, Math.ceil(ms / 1_000))}` }
}

/** Makes the response for a path that exists but does not take the method of the request. */
export function methodNotAllowed(...allowed: string[]): Failure {
  const list = allowed.join(', ')
  return failure('method_not_allowed', `This path takes ${list} only.`, { allow: list })
}
