import { isAuthError } from '../../auth/auth-error.ts'
import { missingCredentials } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { anonymousGuest } from '../../auth/guests.ts'
import type { Principal } from '../../auth/principal.ts'
import { statsResource } from '../../auth/resource.ts'
import { isLoopback } from '../../lib/public-url.ts'
import type { HttpContext } from '../context.ts'
import { authFailure, type Failure, failure } from '../errors.ts'

/**
 * Admits owners of the deployment: callers whose token grants `owner` in `deployment:stats`, as `{"*":"owner"}` does.
 * Under `open` nobody has such a token; there guests of this machine are admitted, at a loopback address only.
 */
export async function requireOwner(context: HttpContext): Promise<Principal | Failure> {
  context.set('resource', statsResource)
  const { policy, caller } = context.var
  const isLocal = policy.kind === 'open' && isLoopback(new URL(context.req.url).hostname)
  if (caller.by === 'nothing') return isLocal ? anonymousGuest : authFailure(missingCredentials)
  const principal = await authorize(policy, caller, statsResource)
  if (isAuthError(principal)) return authFailure(principal)
  return principal.role === 'owner' || isLocal ? principal : failure('forbidden', ownersOnly)
}

const ownersOnly =
  'This is for owners of the deployment: send a token with {"*":"owner"} or {"deployment:stats":"owner"} in its channels.'
