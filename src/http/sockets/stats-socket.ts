import { statsResource } from '../../auth/resource.ts'
import { statsSubscriberHeader, writeStatsSubscriber } from '../../deployment/stats/subscriber.ts'
import { recordToken } from '../../deployment/tokens/clients.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { HttpContext } from '../context.ts'
import { authFailure, failure } from '../errors.ts'
import { identify } from '../middleware/identify-caller.ts'
import { requireOwner } from '../middleware/require-owner.ts'
import { requireStats } from '../middleware/require-stats.ts'
import { readOffer } from './subprotocols.ts'
import { guardUpgrade, readSocketCredentials, tokenInUrl } from './upgrade.ts'

/** Answers an upgrade of `/ws/stats`: the statistics of the deployment as they change, for its owners. */
export async function statsSocket(context: HttpContext): Promise<Response> {
  const policy = await guardUpgrade(context)
  if (policy instanceof Response) return policy
  const request = context.req.raw
  const offer = readOffer(request.headers.get('sec-websocket-protocol'), ['native', 'plain'])
  if (offer === null) return failure('bad_subprotocol', 'Offer `circles.v1`, or no subprotocol.')
  if (new URL(request.url).searchParams.has('token')) return tokenInUrl()
  const caller = await identify(context, policy, readSocketCredentials(request, offer))
  if (caller instanceof Response) return caller
  context.set('policy', policy)
  context.set('caller', caller)
  const principal = await requireOwner(context)
  if (principal instanceof Response) return principal
  const stub = requireStats(context.env)
  if (stub instanceof Response) return stub
  const refused = await recordToken(context.env, principal, statsResource)
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
  return stub.fetch(new Request('https://stats/', { headers }))
}
