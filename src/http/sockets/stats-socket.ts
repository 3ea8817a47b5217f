import type { Context } from 'hono'
import { statsSubscriberHeader, writeStatsSubscriber } from '../../deployment/stats/subscriber.ts'
import type { HttpEnv } from '../context.ts'
import { failure } from '../errors.ts'
import { requireOwner } from '../middleware/require-owner.ts'
import { requireStats } from '../middleware/require-stats.ts'
import { readOffer } from './subprotocols.ts'
import { attemptUpgrade, socketCredentials } from './upgrade.ts'

/** Answers an upgrade of `/ws/stats`: the figures of this deployment, as they change, for those who own it. */
export async function statsSocket(context: Context<HttpEnv>): Promise<Response> {
  const policy = await attemptUpgrade(context)
  if (policy instanceof Response) return policy
  const request = context.req.raw
  const offer = readOffer(request.headers.get('sec-websocket-protocol'))
  if (offer === null) return failure('bad_subprotocol', 'Offer `circles.v1`, or no subprotocol.')
  const owner = await requireOwner(context, policy, socketCredentials(request, new URL(request.url), offer))
  if (owner instanceof Response) return owner
  const object = requireStats(context.env)
  if (object instanceof Response) return object
  const { principal, caller } = owner
  const header = writeStatsSubscriber({
    user: principal.id,
    request: context.var.request,
    issued: principal.issued ?? 0,
    expires: principal.expires,
    ticket: caller.by === 'ticket' ? { id: caller.ticket.id, expires: caller.ticket.expires } : null,
    native: offer.native,
  })
  const headers = { upgrade: 'websocket', [statsSubscriberHeader]: header }
  return object.fetch(new Request('https://stats/', { headers }))
}
