import * as z from 'zod/v4'
import { newGuest } from '../../auth/guests.ts'
import { inboxResource, parseResource, statsResource } from '../../auth/resource.ts'
import { ticketSeconds, writeTicket } from '../../auth/ticket.ts'
import type { ChannelKinds } from '../../protocol/channels/channel-kinds.ts'
import { namePattern, namePatternOf } from '../../protocol/channels/channels.ts'
import type { ProtocolTables } from '../../protocol/tables.ts'
import { idText } from '../../protocol/text-schema.ts'
import { authorizeRequest } from '../channels/call-channel.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'

/** The body of a request: `circle:dev-team`, or `chat:pickle` for the caller's private circle with an agent. Private chats count, too. */
function ticketRequest(kinds: ChannelKinds) {
  const channels = [...kinds.values()].map(kind => `${kind.kind}:${namePatternOf(kind)}`)
  const pattern = `^(${[...channels, `chat:${namePattern}`, statsResource, inboxResource].join('|')})$`
  return z.strictObject({ channel: idText().meta({ pattern }) })
}

/** `POST /api/tickets`: exchanges a bearer token for a ticket that opens one socket, once. */
export const ticketEndpoint = ({ kinds }: ProtocolTables) =>
  endpoint(
    {
      id: 'createTicket',
      method: 'post',
      path: '/api/tickets',
      summary: 'Create a ticket for one socket',
      body: ticketRequest(kinds),
      responses: { 201: z.object({ ticket: z.string(), expires_in: z.int() }) },
    },
    async context => {
      const resource = parseResource(context.req.valid('json').channel, kinds)
      if (resource === null)
        return failure('invalid_name', '`channel` must be a kind and a name, such as circle:dev-team.')
      const principal = await authorizeRequest(context, resource, newGuest(crypto.randomUUID()))
      if (principal instanceof Response) return principal
      const now = Date.now()
      const expires = Math.min(now + ticketSeconds * 1000, principal.expires ?? Number.POSITIVE_INFINITY)
      const ticket = { id: crypto.randomUUID(), resource, principal, expires }
      const text = await writeTicket(ticket, context.var.policy.ticketSecrets)
      return context.json({ ticket: text, expires_in: Math.floor((expires - now) / 1000) }, 201)
    },
  )
