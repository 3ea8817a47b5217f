import type { Principal } from '../../auth/principal.ts'
import { socketCallerHeader, writeSocketCaller } from '../../deployment/sockets/socket-caller.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { HttpContext } from '../context.ts'
import { failure } from '../errors.ts'
import { identify } from '../middleware/identify-caller.ts'
import { readOffer } from './subprotocols.ts'
import { guardUpgrade, readSocketCredentials, tokenInUrl } from './upgrade.ts'

// `/ws/stats` and `/ws/me`: sockets that an object of the deployment holds, and no channel.

/** Finds out who sends an upgrade of such a socket. Returns what the object needs to know of them, or a response that refuses. */
export async function identifyUpgrade(context: HttpContext) {
  const policy = await guardUpgrade(context)
  if (policy instanceof Response) return policy
  const request = context.req.raw
  const offer = readOffer(request.headers.get('sec-websocket-protocol'), ['native', 'plain'])
  if (offer === null) return failure('bad_subprotocol', 'Offer `circles.v1`, or no subprotocol.')
  if (new URL(request.url).searchParams.has('token')) return tokenInUrl()
  const caller = await identify(context, policy, readSocketCredentials(request, offer))
  if (caller instanceof Response) return caller
  return { policy, caller, isNative: dialects[offer.dialect].subprotocol !== null }
}

/** What `identifyUpgrade` found out. */
export type IdentifiedUpgrade = Exclude<Awaited<ReturnType<typeof identifyUpgrade>>, Response>

/** The upgrade as it is forwarded to the object, in the name of a principal. */
export function upgradeFor(
  context: HttpContext,
  principal: Principal,
  { caller, isNative }: IdentifiedUpgrade,
): Request {
  const header = writeSocketCaller({
    user: principal.id,
    request: context.var.requestId,
    issued: principal.issued ?? 0,
    expires: principal.expires,
    ticket: caller.by === 'ticket' ? { id: caller.ticket.id, expires: caller.ticket.expires } : null,
    native: isNative,
  })
  return new Request('https://deployment/', { headers: { upgrade: 'websocket', [socketCallerHeader]: header } })
}
