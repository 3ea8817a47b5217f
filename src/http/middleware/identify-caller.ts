import { type Caller, type Credentials, missingCredentials, userIdOf } from '../../auth/authenticate.ts'
import type { Configured } from '../../auth/policy.ts'
import { refuseRevokedToken } from '../../deployment/tokens/clients.ts'
import type { HttpContext } from '../context.ts'
import { authFailure, type Failure } from '../errors.ts'
import { authenticateRequest, guardRequest, readCredentials } from './request-guard.ts'
import { siteUser } from './site-user.ts'

/** Identifies the sender of a request before anything else of it is read; handlers find them in `context.var.caller`. */
export async function identifyCaller(context: HttpContext, next: () => Promise<void>): Promise<Failure | undefined> {
  const policy = policyFor(context)
  if (policy instanceof Response) return policy
  const caller = await identify(context, policy, readCredentials(context.req.raw))
  if (caller instanceof Response) return caller
  context.set('policy', policy)
  context.set('caller', caller)
  await next()
  return undefined
}

// Below /api the guard has run already.
function policyFor({ env, req, var: known }: HttpContext): Configured | Failure {
  return known.policy ?? guardRequest(req.raw, env)
}

/** The sender of a request: their credentials are good, and their token was not revoked. Under `open` there may be none. */
export async function identify(
  context: HttpContext,
  policy: Configured,
  credentials: Credentials,
): Promise<Caller | Failure> {
  const now = Date.now()
  const caller = (await siteUser(context, policy, now)) ?? (await authenticateRequest(policy, credentials, now))
  if (caller instanceof Response) return caller
  context.set('userId', userIdOf(caller))
  if (caller.by === 'nothing' && policy.kind !== 'open') return authFailure(missingCredentials)
  const token = tokenOf(caller)
  const revoked = token === null ? null : await refuseRevokedToken(context.env, token)
  return revoked === null ? caller : authFailure(revoked)
}

/** The token behind what a caller sent, or null. */
function tokenOf(caller: Caller) {
  if (caller.by === 'token') return caller.claims
  return caller.by === 'ticket' ? caller.ticket.principal : null
}
