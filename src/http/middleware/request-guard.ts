import { isAuthError } from '../../auth/auth-error.ts'
import { authenticate, type Caller, type Credentials } from '../../auth/authenticate.ts'
import { isOriginAllowed } from '../../auth/origin.ts'
import { type Configured, readPolicy } from '../../auth/policy.ts'
import type { Env } from '../../env.ts'
import { limitsProblem } from '../../protocol/channels/limits-setting.ts'
import { sinksProblem } from '../../rooms/outbound/sinks/setting.ts'
import { authFailure, type Failure, failure } from '../errors.ts'

/** Checks the settings and the request's origin, before its credentials are read; returns the policy, or the refusal. */
export function guardRequest(request: Request, env: Env): Configured | Failure {
  const policy = readPolicy(env)
  if (policy.kind === 'unconfigured') return failure('unconfigured', policy.message)
  const problem = limitsProblem(env.LIMITS) ?? sinksProblem(env)
  if (problem !== null) return failure('unavailable', problem)
  const ownOrigin = new URL(request.url).origin
  if (isOriginAllowed(policy, request.headers.get('origin'), ownOrigin)) return policy
  return failure('origin_not_allowed', 'Pages of this origin are not allowed to use this server.')
}

/** Checks credentials; returns the caller, or the refusal of bad ones. */
export async function authenticateRequest(
  policy: Configured,
  credentials: Credentials,
  now: number,
): Promise<Caller | Failure> {
  const caller = await authenticate(policy, credentials, now)
  return isAuthError(caller) ? authFailure(caller) : caller
}

/** The credentials that any request can carry: its headers, and the name of a guest. */
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
