import type { Context } from 'hono'
import { isAuthError } from '../../auth/auth-error.ts'
import { type Caller, type Credentials, missingCredentials, userIdOf } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { newGuest } from '../../auth/guests.ts'
import type { Configured } from '../../auth/policy.ts'
import type { Principal } from '../../auth/principal.ts'
import type { DialectName } from '../../protocol/dialects/index.ts'
import { callerHeader, writeCaller } from '../../rooms/sessions/caller-context.ts'
import type { CallerContext } from '../../rpc/channel.ts'
import { channelStub } from '../../stubs.ts'
import { addressOf } from '../channels/channel-address.ts'
import type { HttpEnv } from '../context.ts'
import { failure, methodNotAllowed } from '../errors.ts'
import { authenticateRequest, guardRequest, readCredentials } from '../middleware/request-guard.ts'
import { allowConnect } from './connect-rate-limit.ts'
import { matchSocketRoute, type SocketRoute } from './socket-routes.ts'
import { type Offer, readOffer } from './subprotocols.ts'

/** Answers an upgrade: everything that can be refused is refused here, before the channel's object is touched. */
export async function upgrade(context: Context<HttpEnv>, now: number): Promise<Response> {
  const request = context.req.raw
  const url = new URL(request.url)
  const door = matchSocketRoute(url)
  if (door === null) return failure('not_found', 'There is no such path.')
  if (door === 'invalid')
    return failure('invalid_name', 'A name is 1 to 64 of a-z 0-9 . _ -, a letter or digit at both ends.')
  context.set('channel', door.place)
  const policy = await attemptUpgrade(context)
  if (policy instanceof Response) return policy
  const offer = offerAt(door, request)
  if (offer === null) return failure('bad_subprotocol', 'Offer `circles.v1` where that is spoken, or no subprotocol.')
  const resume = resumeIn(url, offer)
  if (resume === null) return failure('invalid', '`since` is the seq of an event: a whole number from 0.')
  const caller = await authenticateRequest(policy, socketCredentials(request, url, offer), now)
  if (caller instanceof Response) return caller
  context.set('who', userIdOf(caller))

  const dialect = door.dialect ?? (offer.native ? 'native' : 'plain')
  const principal = await principalOf(policy, caller, door, dialect)
  if (isAuthError(principal)) return failure(principal.denied, principal.message)
  const ticket = caller.by === 'ticket' ? { id: caller.ticket.id, expires: caller.ticket.expires } : null
  return visit(context, door, { principal, dialect, ticket, ...resume })
}

/** What every upgrade must pass before anybody asks who sends it. */
export async function attemptUpgrade({ env, req: { raw: request } }: Context<HttpEnv>): Promise<Configured | Response> {
  if (request.method !== 'GET') return methodNotAllowed('GET')
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return failure('upgrade_required', 'This path speaks WebSocket.', { upgrade: 'websocket' })
  }
  const policy = guardRequest(request, env)
  if (policy instanceof Response) return policy
  if (await allowConnect(request, env)) return policy
  return failure('rate_limited', 'Too many sockets from your address; wait a minute.', { 'retry-after': '60' })
}

// The events and text dialects have no name among subprotocols; naming another would be a lie.
function offerAt(door: SocketRoute, request: Request): Offer | null {
  const offer = readOffer(request.headers.get('sec-websocket-protocol'))
  return offer?.native && door.dialect !== null ? null : offer
}

/** All the ways in which an upgrade may say who sends it. */
export function socketCredentials(request: Request, url: URL, offer: Offer): Credentials {
  const query = url.searchParams
  const inUrl = { ticket: query.get('ticket'), token: query.get('token') }
  return { ...readCredentials(request), offeredTicket: offer.ticket, ...inUrl }
}

/** Where a native client wants to go on; null if it says so in no way we know. */
function resumeIn({ searchParams }: URL, offer: Offer): Pick<CallerContext, 'since' | 'epoch'> | null {
  const since = searchParams.get('since')
  if (!offer.native || since === null) return { since: null, epoch: null }
  if (!/^\d{1,15}$/.test(since)) return null
  const epoch = searchParams.get('epoch')
  return { since: Number(since), epoch: epoch !== null && epoch.length <= 64 ? epoch : null }
}

/** Null: a plain socket that has yet to say who it is. */
async function principalOf(policy: Configured, caller: Caller, door: SocketRoute, dialect: DialectName) {
  if (caller.by !== 'nothing') return authorize(policy, caller, door.place)
  if (policy.kind === 'open') return newGuest(crypto.randomUUID())
  return dialect === 'plain' ? null : missingCredentials
}

/** Sends the visitor on. Headers, cookies and query stay behind: they hold tokens, and the object needs none of them. */
async function visit(
  { env, var: { request } }: Context<HttpEnv>,
  { place }: SocketRoute,
  given: Omit<CallerContext, 'channel' | 'agent' | 'request'> & { principal: Principal | null },
): Promise<Response> {
  const address = await addressOf(place, given.principal)
  const agent = place.startsWith('chat:') ? place.slice('chat:'.length) : null
  const header = writeCaller({ channel: address.name, agent, request, ...given })
  const headers = { upgrade: 'websocket', [callerHeader]: header }
  return channelStub(env, address).fetch(new Request('https://channel/', { headers }))
}
