import type { Context } from 'hono'
import { watcherHeader, writeWatcher } from '../stats/watcher.ts'
import type { Http } from './api.ts'
import { failure } from './errors.ts'
import { ownerOf } from './owner.ts'
import { statsObject } from './stats-object.ts'
import { readOffer } from './subprotocols.ts'
import { credentialsOf, knock } from './upgrade.ts'

/** Answers an upgrade of `/ws/stats`: the figures of this deployment, as they change, for those who own it. */
export async function watch(context: Context<Http>): Promise<Response> {
  const policy = await knock(context)
  if (policy instanceof Response) return policy
  const request = context.req.raw
  const offer = readOffer(request.headers.get('sec-websocket-protocol'))
  if (offer === null) return failure('bad_subprotocol', 'Offer `circles.v1`, or no subprotocol.')
  const owner = await ownerOf(context, policy, credentialsOf(request, new URL(request.url), offer))
  if (owner instanceof Response) return owner
  const object = statsObject(context.env)
  if (object instanceof Response) return object
  const { principal, caller } = owner
  const header = writeWatcher({
    user: principal.id,
    request: context.var.request,
    issued: principal.issued ?? 0,
    expires: principal.expires,
    ticket: caller.by === 'ticket' ? { id: caller.ticket.id, expires: caller.ticket.expires } : null,
    native: offer.native,
  })
  const headers = { upgrade: 'websocket', [watcherHeader]: header }
  return object.fetch(new Request('https://stats/', { headers }))
}
