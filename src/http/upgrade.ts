import type { Context } from 'hono'
import { admit } from '../auth/admit.ts'
import { isDenied } from '../auth/denied.ts'
import { newGuest } from '../auth/guests.ts'
import { type Caller, type Credentials, idOf, missing } from '../auth/identify.ts'
import type { Configured } from '../auth/policy.ts'
import type { Principal } from '../auth/principal.ts'
import { type DialectName, type Visit, visitHeader, writeVisit } from '../rooms/visit.ts'
import type { Http } from './api.ts'
import { addressOf, channelAt } from './channels.ts'
import { type Door, doorAt } from './doors.ts'
import { callerOf, credentialsIn, passGate } from './entrance.ts'
import { failure, methodNotAllowed } from './errors.ts'
import { mayKnock } from './knocks.ts'
import { type Offer, readOffer } from './subprotocols.ts'

/** Answers an upgrade: everything that can be refused is refused here, before the channel's object is touched. */
export async function upgrade(context: Context<Http>, now: number): Promise<Response> {
  const request = context.req.raw
  const url = new URL(request.url)
  const door = doorAt(url)
  if (door === null) return failure('not_found', 'There is no such path.')
  if (door === 'invalid')
    return failure('invalid_name', 'A name is 1 to 64 of a-z 0-9 . _ -, a letter or digit at both ends.')
  context.set('channel', door.place)
  const policy = await knock(context)
  if (policy instanceof Response) return policy
  const offer = offerAt(door, request)
  if (offer === null) return failure('bad_subprotocol', 'Offer `circles.v1` where that is spoken, or no subprotocol.')
  const resume = resumeIn(url, offer)
  if (resume === null) return failure('invalid', '`since` is the seq of an event: a whole number from 0.')
  const caller = await callerOf(policy, credentialsOf(request, url, offer), now)
  if (caller instanceof Response) return caller
  context.set('who', idOf(caller))

  const dialect = door.dialect ?? (offer.native ? 'native' : 'plain')
  const principal = await principalOf(policy, caller, door, dialect)
  if (isDenied(principal)) return failure(principal.denied, principal.message)
  const ticket = caller.by === 'ticket' ? { id: caller.ticket.id, expires: caller.ticket.expires } : null
  return visit(context, door, { principal, dialect, ticket, ...resume })
}

/** What every upgrade must pass before anybody asks who sends it. */
export async function knock({ env, req: { raw: request } }: Context<Http>): Promise<Configured | Response> {
  if (request.method !== 'GET') return methodNotAllowed('GET')
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return failure('upgrade_required', 'This path speaks WebSocket.', { upgrade: 'websocket' })
  }
  const policy = passGate(request, env)
  if (policy instanceof Response) return policy
  if (await mayKnock(request, env)) return policy
  return failure('rate_limited', 'Too many sockets from your address; wait a minute.', { 'retry-after': '60' })
}

// The events and text dialects have no name among subprotocols; naming another would be a lie.
function offerAt(door: Door, request: Request): Offer | null {
  const offer = readOffer(request.headers.get('sec-websocket-protocol'))
  return offer?.native && door.dialect !== null ? null : offer
}

/** All the ways in which an upgrade may say who sends it. */
export function credentialsOf(request: Request, url: URL, offer: Offer): Credentials {
  const query = url.searchParams
  const inUrl = { ticket: query.get('ticket'), token: query.get('token') }
  return { ...credentialsIn(request), offeredTicket: offer.ticket, ...inUrl }
}

/** Where a native client wants to go on; null if it says so in no way we know. */
function resumeIn({ searchParams }: URL, offer: Offer): Pick<Visit, 'since' | 'epoch'> | null {
  const since = searchParams.get('since')
  if (!offer.native || since === null) return { since: null, epoch: null }
  if (!/^\d{1,15}$/.test(since)) return null
  const epoch = searchParams.get('epoch')
  return { since: Number(since), epoch: epoch !== null && epoch.length <= 64 ? epoch : null }
}

/** Null: a plain socket that has yet to say who it is. */
async function principalOf(policy: Configured, caller: Caller, door: Door, dialect: DialectName) {
  if (caller.by !== 'nothing') return admit(policy, caller, door.place)
  if (policy.kind === 'open') return newGuest(crypto.randomUUID())
  return dialect === 'plain' ? null : missing
}

/** Sends the visitor on. Headers, cookies and query stay behind: they hold tokens, and the object needs none of them. */
async function visit(
  { env, var: { request } }: Context<Http>,
  { place }: Door,
  given: Omit<Visit, 'channel' | 'agent' | 'request'> & { principal: Principal | null },
): Promise<Response> {
  const address = await addressOf(place, given.principal)
  const agent = place.startsWith('chat:') ? place.slice('chat:'.length) : null
  const header = writeVisit({ channel: address.name, agent, request, ...given })
  const headers = { upgrade: 'websocket', [visitHeader]: header }
  return channelAt(env, address).fetch(new Request('https://channel/', { headers }))
}
