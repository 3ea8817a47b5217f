import { z } from 'zod'
import { newGuest } from '../../auth/guests.ts'
import { parseResource } from '../../auth/resource.ts'
import { ticketSeconds, writeTicket } from '../../auth/ticket.ts'
import { authorizeRequest } from '../channels/call-channel.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'

const ticketRequest = z.strictObject({ channel: z.string() }) // circle:dev-team, or chat:pickle for a private circle

/** `POST /api/tickets`: exchanges a bearer token for a ticket that opens one socket, once. */
export const createTicket = endpoint(
  {
    method: 'post',
    path: '/api/tickets',
    summary: 'A ticket for one socket',
    description: 'For browsers, which cannot send a token with an upgrade: single use, 30 seconds.',
    body: ticketRequest,
    responses: { 201: z.object({ ticket: z.string(), expires_in: z.int() }) },
  },
  async context => {
    const resource = parseResource(context.req.valid('json').channel, context.var.tables.kinds)
    if (resource === null)
      return failure('invalid_name', '`channel` must be a kind and a name, such as circle:dev-team.')
    const principal = await authorizeRequest(context, resource, newGuest(crypto.randomUUID()))
    if (principal instanceof Response) return principal
    const now = Date.now()
    const expires = Math.min(now + ticketSeconds * 1000, principal.expires ?? Number.POSITIVE_INFINITY)
    const ticket = { id: crypto.randomUUID(), resource, principal, expires }
    const text = await writeTicket(ticket, context.var.policy.ticketSecret)
    return context.json({ ticket: text, expires_in: Math.floor((expires - now) / 1000) }, 201)
  },
)
