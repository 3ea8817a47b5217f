import { isAuthError } from '../../auth/auth-error.ts'
import { missingCredentials } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { inboxResource } from '../../auth/resource.ts'
import { recordToken } from '../../deployment/tokens/clients.ts'
import { inboxStub } from '../../stubs.ts'
import type { HttpContext } from '../context.ts'
import { authFailure } from '../errors.ts'
import { noInboxHere, noInboxOfGuests } from '../routes/inbox.ts'
import { identifyUpgrade, upgradeFor } from './deployment-socket.ts'

/** Answers an upgrade of `/ws/me`: what is for the caller in all of their circles, as it happens. */
export async function inboxSocket(context: HttpContext): Promise<Response> {
  const upgrade = await identifyUpgrade(context)
  if (upgrade instanceof Response) return upgrade
  const { policy, caller } = upgrade
  if (caller.by === 'nothing') return authFailure(missingCredentials)
  const principal = await authorize(policy, caller, inboxResource)
  if (isAuthError(principal)) return authFailure(principal)
  if (principal.kind !== 'person') return noInboxOfGuests()
  const stub = inboxStub(context.env, principal.id)
  if (stub === null) return noInboxHere()
  const refused = await recordToken(context.env, principal, inboxResource)
  return refused === null ? stub.fetch(upgradeFor(context, principal, upgrade)) : authFailure(refused)
}
