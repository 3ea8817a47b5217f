import { isAuthError } from '../../auth/auth-error.ts'
import { type Caller, type Credentials, missingCredentials, userIdOf } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { anonymousGuest } from '../../auth/guests.ts'
import type { Configured } from '../../auth/policy.ts'
import type { Principal } from '../../auth/principal.ts'
import { statsResource } from '../../auth/resource.ts'
import { refuseRevokedToken } from '../../deployment/tokens/clients.ts'
import { isLoopback } from '../../lib/public-url.ts'
import type { HttpContext } from '../context.ts'
import { type Failure, failure } from '../errors.ts'
import { authenticateRequest } from './request-guard.ts'

/** An owner of the deployment, and how they authenticated. */
type DeploymentOwner = { principal: Principal; caller: Caller }

/**
 * Admits owners of the deployment: callers whose token grants `owner` in `deployment:stats`, as `{"*":"owner"}` does.
 * Under `open` nobody has such a token; there guests of this machine are admitted, at a loopback address only.
 */
export async function requireOwner(
  context: HttpContext,
  policy: Configured,
  credentials: Credentials,
): Promise<DeploymentOwner | Failure> {
  context.set('resource', statsResource)
  const caller = await authenticateRequest(policy, credentials, Date.now())
  if (caller instanceof Response) return caller
  context.set('userId', userIdOf(caller))
  const isLocal = policy.kind === 'open' && isLoopback(new URL(context.req.url).hostname)
  if (caller.by === 'nothing')
    return isLocal
      ? { principal: anonymousGuest, caller }
      : failure(missingCredentials.denied, missingCredentials.message)
  const principal = await authorize(policy, caller, statsResource)
  if (isAuthError(principal)) return failure(principal.denied, principal.message)
  if (principal.role !== 'owner' && !isLocal) return failure('forbidden', ownersOnly)
  const revoked = await refuseRevokedToken(context.env, principal, statsResource)
  return revoked === null ? { principal, caller } : failure(revoked.denied, revoked.message)
}

const ownersOnly =
  'This is for owners of the deployment: send a token with {"*":"owner"} or {"deployment:stats":"owner"} in its channels.'
