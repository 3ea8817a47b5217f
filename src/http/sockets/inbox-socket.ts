import { isAuthError } from '../../auth/auth-error.ts'
import { missingCredentials } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { inboxResource } from '../../auth/resource.ts'
import { statsSubscriberHeader, writeStatsSubscriber } from '../../deployment/stats/subscriber.ts'
import { recordToken } from '../../deployment/tokens/clients.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import { inboxStub } from '../../stubs.ts'
import type { HttpContext } from '../context.ts'
import { authFailure, failure } from '../errors.ts'
import { identify } from '../middleware/identify-caller.ts'
import { noInboxHere, noInboxOfGuests } from '../routes/inbox.ts'
import { readOffer } from './subprotocols.ts'
import { guardUpgrade, readSocketCredentials, tokenInUrl } from './upgrade.ts'

/** Answers an upgrade of `/ws/me`: what is for the caller in all of their circles, as it happens. */
export async function inboxSocket(context: HttpContext): Promise<Response> {
  const policy = await guardUpgrade(context)
  if (policy instanceof Response) return policy
  const request = context.req.raw
  const offer = readOffer(request.headers.get('sec-websocket-protocol'), ['native', 'plain'])
  if (offer === null) return failure('bad_subprotocol', 'Offer `circles.v1`, or no subprotocol.')
  if (new URL(request.url).searchParams.has('token')) return tokenInUrl()
  const caller = await identify(context, policy, readSocketCredentials(request, offer))
  if (caller instanceof Response) return caller
  if (caller.by === 'nothing') return authFailure(missingCredentials)
  const principal = await authorize(policy, caller, inboxResource)
  if (isAuthError(principal)) return authFailure(principal)
  if (principal.kind !== 'person') return noInboxOfGuests()
  const stub = inboxStub(context.env, principal.id)
  if (stub === null) return noInboxHere()
  const refused = await recordToken(context.env, principal, inboxResource)
  if (refused !== null) return authFailure(refused)
  const header = writeStatsSubscriber({
    user: principal.id,
    request: context.var.requestId,
    issued: principal.issued ?? 0,
    expires: principal.expires,
    ticket: caller.by === 'ticket' ? { id: caller.ticket.id, expires: caller.ticket.expires } : null,
    native: dialects[offer.dialect].subprotocol !== null,
  })
  const headers = { upgrade: 'websocket', [statsSubscriberHeader]: header }
  return stub.fetch(new Request('https://inbox/', { headers }))
}
