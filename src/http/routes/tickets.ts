import { Hono } from 'hono'
import { z } from 'zod'
import { newGuest } from '../../auth/guests.ts'
import { parseResource } from '../../auth/resource.ts'
import { ticketSeconds, writeTicket } from '../../auth/ticket.ts'
import { authorizeRequest } from '../channels/call-channel.ts'
import type { HttpEnv } from '../context.ts'
import { failure, methodNotAllowed } from '../errors.ts'
import { validatedBody } from '../middleware/validate.ts'

export const ticketOrder = z.strictObject({ channel: z.string() }) // circle:dev-team, or chat:pickle for a private circle

/** `POST /api/tickets`: a bearer token becomes something a browser may show at an upgrade, once. */
export const tickets = new Hono<HttpEnv>()
  .post('/', validatedBody(ticketOrder), async context => {
    const place = parseResource(context.req.valid('json').channel)
    if (place === null) return failure('invalid_name', '`channel` is written like circle:dev-team.')
    const principal = await authorizeRequest(context, place, newGuest(crypto.randomUUID()))
    if (principal instanceof Response) return principal
    const now = Date.now()
    const expires = Math.min(now + ticketSeconds * 1000, principal.expires ?? Number.POSITIVE_INFINITY)
    const ticket = { id: crypto.randomUUID(), resource: place, principal, expires }
    const text = await writeTicket(ticket, context.var.policy.ticketSecret)
    return context.json({ ticket: text, expires_in: Math.floor((expires - now) / 1000) }, 201)
  })
  .all('/', () => methodNotAllowed('POST'))
