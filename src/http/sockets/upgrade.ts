import { isAgentBound } from '../../agents/agent-registry.ts'
import { type AuthError, isAuthError } from '../../auth/auth-error.ts'
import { type Caller, type Credentials, missingCredentials, userIdOf } from '../../auth/authenticate.ts'
import { admitted, authorize } from '../../auth/authorize.ts'
import { newGuest } from '../../auth/guests.ts'
import type { Configured } from '../../auth/policy.ts'
import type { Principal } from '../../auth/principal.ts'
import { agentIn, agentOfDirect, type ChannelResource } from '../../auth/resource.ts'
import { nameRules } from '../../protocol/channels/canonical-name.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { CallerContext } from '../../rpc/channel.ts'
import { addressOf } from '../channels/channel-address.ts'
import { connectTo } from '../channels/open-socket.ts'
import type { HttpContext } from '../context.ts'
import { authFailure, type Failure, failure, methodNotAllowed } from '../errors.ts'
import { authenticateRequest, guardRequest, readCredentials } from '../middleware/request-guard.ts'
import { siteUser } from '../middleware/site-user.ts'
import { allowConnect } from './connect-rate-limit.ts'
import { matchSocketRoute } from './socket-routes.ts'
import { type Offer, readOffer } from './subprotocols.ts'

/** Answers an upgrade. Everything that can be refused is refused here, before the channel's object is called. */
export async function upgrade(context: HttpContext, now: number): Promise<Response> {
  const request = context.req.raw
  const url = new URL(request.url)
  const target = matchSocketRoute(url, context.var.tables.kinds)
  if (target === null) return failure('not_found', 'There is no such path.')
  if (target === 'invalid') return failure('invalid_name', nameRules)
  context.set('resource', target.resource)
  const policy = await guardUpgrade(context)
  if (policy instanceof Response) return policy
  const offer = readOffer(request.headers.get('sec-websocket-protocol'), target.dialects)
  if (offer === null) return failure('bad_subprotocol', 'Offer `circles.v1` where it is spoken, or no subprotocol.')
  const { dialect } = offer
  if (dialects[dialect].subprotocol !== null && url.searchParams.has('token')) return tokenInUrl()
  const resume = dialects[dialect].greets ? readResume(url) : noResume
  if (resume === null) return failure('invalid', '`since` must be the seq of an event: a whole number from 0.')
  const credentials = readSocketCredentials(request, offer)
  const caller = (await siteUser(context, policy, now)) ?? (await authenticateRequest(policy, credentials, now))
  if (caller instanceof Response) return caller
  context.set('userId', userIdOf(caller))

  const principal = await authorizeUpgrade(policy, caller, { resource: target.resource, dialect })
  if (isAuthError(principal)) return authFailure(principal)
  const agent = agentIn(target.resource)
  if (agent !== null && !(await isAgentHere(context, agent))) {
    return failure('not_found', `There is no agent called ${agent} here.`)
  }
  const ticket = caller.by === 'ticket' ? { id: caller.ticket.id, expires: caller.ticket.expires } : null
  const signals = url.searchParams.get('signals') === '1' ? { signals: true as const } : {}
  return forwardUpgrade(context, target.resource, { principal, dialect, ticket, ...resume, ...signals })
}

/** Is there such an agent, bound or one that connects to every circle? */
async function isAgentHere({ env, var: { site } }: HttpContext, id: string): Promise<boolean> {
  if (isAgentBound(env, id)) return true
  const connected = (await site.connectedAgents?.agentsOf(env, '')?.list()) ?? []
  return connected.some(agent => agent.id === id)
}

/** The refusal of a token in the URL, which ends up in logs. Only programs of other dialects, which know no better, may. */
export function tokenInUrl(): Failure {
  return failure('invalid', 'Send a token as `Authorization: Bearer …`, or a ticket as a subprotocol: not in the URL.')
}

/** Checks what every upgrade must meet before its credentials are read; returns the policy, or the refusal. */
export async function guardUpgrade({ env, req: { raw: request } }: HttpContext): Promise<Configured | Response> {
  if (request.method !== 'GET') return methodNotAllowed('GET')
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return failure('upgrade_required', 'This path requires a WebSocket upgrade.', { upgrade: 'websocket' })
  }
  const policy = guardRequest(request, env)
  if (policy instanceof Response) return policy
  if (await allowConnect(request, env)) return policy
  return failure('rate_limited', 'Too many sockets from your address; wait a minute.', { 'retry-after': '60' })
}

/** The credentials of an upgrade: those of any request, and those that browsers can send, in the URL or the offer. */
export function readSocketCredentials(request: Request, offer: Offer): Credentials {
  const query = new URL(request.url).searchParams
  const inUrl = { ticket: query.get('ticket'), token: query.get('token') }
  return { ...readCredentials(request), offeredTicket: offer.ticket, ...inUrl }
}

type Resume = Pick<CallerContext, 'since' | 'epoch'>
const noResume: Resume = { since: null, epoch: null }

/** Where a client wants to resume; null if `since` is malformed. */
function readResume({ searchParams }: URL): Resume | null {
  const since = searchParams.get('since')
  if (since === null) return noResume
  if (!/^\d{1,15}$/.test(since)) return null
  const epoch = searchParams.get('epoch')
  return { since: Number(since), epoch: epoch !== null && epoch.length <= 64 ? epoch : null }
}

type Target = { resource: ChannelResource; dialect: CallerContext['dialect'] }

/** The principal of an upgrade; null: the socket will send its token in its first frame. */
async function authorizeUpgrade(
  policy: Configured,
  caller: Caller,
  { resource, dialect }: Target,
): Promise<Principal | AuthError | null> {
  if (caller.by !== 'nothing') return authorize(policy, caller, resource)
  if (policy.kind === 'open') return admitted(newGuest(crypto.randomUUID()), resource)
  return dialects[dialect].authenticatesLater ? null : missingCredentials
}

/** Forwards an upgrade to the channel, without its headers and query: they hold tokens the object must not see. */
async function forwardUpgrade(
  context: HttpContext,
  resource: ChannelResource,
  session: Omit<CallerContext, 'channel' | 'agent' | 'request'>,
): Promise<Response> {
  const { requestId, tables } = context.var
  const address = await addressOf(resource, session.principal, tables.kinds)
  const agent = agentOfDirect(resource)
  return connectTo(context, address, { channel: address.name, agent, request: requestId, ...session })
}
