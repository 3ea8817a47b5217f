import { isAuthError } from '../../auth/auth-error.ts'
import { authenticate, type Caller, type Credentials } from '../../auth/authenticate.ts'
import { isOriginAllowed } from '../../auth/origin.ts'
import { type Configured, readPolicy } from '../../auth/policy.ts'
import type { Env } from '../../env.ts'
import { limitsProblem } from '../../protocol/limits-setting.ts'
import { type Failure, failure } from '../errors.ts'

/** What every request must pass before anybody asks who sends it: settings that make sense, an origin that may come. */
export function guardRequest(request: Request, env: Env): Configured | Failure {
  const policy = readPolicy(env)
  if (policy.kind === 'unconfigured') return failure('unconfigured', policy.message)
  const problem = limitsProblem(env.LIMITS)
  if (problem !== null) return failure('unavailable', problem)
  const own = new URL(request.url).origin
  if (isOriginAllowed(policy, request.headers.get('origin'), own)) return policy
  return failure('origin_not_allowed', 'Pages of this origin may not speak to this server.')
}

/** Who sends a request, or the refusal of bad credentials. */
export async function authenticateRequest(
  policy: Configured,
  given: Credentials,
  now: number,
): Promise<Caller | Failure> {
  const caller = await authenticate(policy, given, now)
  return isAuthError(caller) ? failure(caller.denied, caller.message) : caller
}

/** The credentials that any request may carry in its headers, and the name a guest goes by. */
export function readCredentials(request: Request): Credentials {
  return {
    authorization: request.headers.get('authorization'),
    offeredTicket: null,
    ticket: null,
    token: null,
    assertion: request.headers.get('cf-access-jwt-assertion'),
    name: new URL(request.url).searchParams.get('name'),
  }
}
