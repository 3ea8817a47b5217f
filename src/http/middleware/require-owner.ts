import type { Context } from 'hono'
import { isAuthError } from '../../auth/auth-error.ts'
import { type Caller, type Credentials, missingCredentials, userIdOf } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { anonymousGuest } from '../../auth/guests.ts'
import type { Configured } from '../../auth/policy.ts'
import type { Principal } from '../../auth/principal.ts'
import { statsResource } from '../../auth/resource.ts'
import { refuseRevokedToken } from '../../deployment/tokens/clients.ts'
import { isLoopback } from '../../lib/public-url.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure } from '../errors.ts'
import { authenticateRequest } from './request-guard.ts'

/** Somebody who owns the deployment, and how they said so. */
export type DeploymentOwner = { principal: Principal; caller: Caller }

/**
 * Lets those in who own the deployment: by a token that grants `owner` in `deployment:stats`, as `{"*":"owner"}` does.
 * Under `open` there is nobody but this machine's own guests, and they may look; but only at a loopback address.
 */
export async function requireOwner(
  context: Context<HttpEnv>,
  policy: Configured,
  given: Credentials,
): Promise<DeploymentOwner | Failure> {
  context.set('channel', statsResource)
  const caller = await authenticateRequest(policy, given, Date.now())
  if (caller instanceof Response) return caller
  context.set('who', userIdOf(caller))
  const isOwn = policy.kind === 'open' && isLoopback(new URL(context.req.url).hostname)
  if (caller.by === 'nothing')
    return isOwn
      ? { principal: anonymousGuest, caller }
      : failure(missingCredentials.denied, missingCredentials.message)
  const principal = await authorize(policy, caller, statsResource)
  if (isAuthError(principal)) return failure(principal.denied, principal.message)
  if (principal.role !== 'owner' && !isOwn) return failure('forbidden', notYours)
  const revoked = await refuseRevokedToken(context.env, principal, statsResource)
  return revoked === null ? { principal, caller } : failure(revoked.denied, revoked.message)
}

const notYours =
  'This is for owners of the deployment: a token whose channels say {"*":"owner"} or {"deployment:stats":"owner"}.'
