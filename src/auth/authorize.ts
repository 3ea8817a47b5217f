import { pairPrefix } from '../protocol/channels/channel-kinds.ts'
import { outerChannel } from '../protocol/channels/channels.ts'
import type { PersonRole } from '../protocol/roles.ts'
import { type AuthError, authError, isAuthError } from './auth-error.ts'
import type { Caller } from './authenticate.ts'
import { type Grants, roleIn } from './grants.ts'
import type { Configured } from './policy.ts'
import type { Principal } from './principal.ts'
import { agentIn, agentOfDirect, directChannelName, inboxResource, type Resource } from './resource.ts'
import { type Claims, verifyJwt } from './verify-jwt.ts'

/** Returns the caller as a principal with their role in a resource, or the reason they have none. */
export async function authorize(
  policy: Configured,
  caller: Exclude<Caller, { by: 'nothing' }>,
  resource: Resource,
): Promise<Principal | AuthError> {
  switch (caller.by) {
    case 'name':
      return admitted(caller.principal, resource)
    case 'ticket':
      return caller.ticket.resource === resource ? caller.ticket.principal : wrongTicket
    case 'token':
      return authorizeClaims(policy, caller.claims, resource)
    default:
      throw new Error(`expected a known caller, got ${JSON.stringify(caller satisfies never)}`)
  }
}

/** The principal, or the refusal: an agent's private circle with somebody is theirs alone, whatever the policy. */
export async function admitted(principal: Principal, resource: Resource): Promise<Principal | AuthError> {
  const agent = agentOfDirect(resource) === null ? agentIn(resource) : null
  if (agent === null || resource === `circle:${await directChannelName(agent, principal.id)}`) return principal
  return grantsNothing(resource)
}

/** Verifies and authorizes a token that came over an open socket. */
export async function authorizeToken(
  policy: Configured,
  token: string,
  resource: Resource,
  now: number,
): Promise<Principal | AuthError> {
  if (policy.tokens === null) return authError('invalid_token', 'No tokens are configured here.')
  const claims = await verifyJwt(token, policy.tokens, now)
  return isAuthError(claims) ? claims : authorizeClaims(policy, claims, resource)
}

async function authorizeClaims(policy: Configured, claims: Claims, resource: Resource): Promise<Principal | AuthError> {
  const outer = outerChannel(resource)
  const own = await grantedRole(claims, resource)
  const granted = outer === null ? own : (roleIn(outer, claims.grants) ?? own)
  const role = granted ?? (policy.kind === 'open' ? 'member' : null) // as a guest would be
  if (role === null) return grantsNothing(resource)
  const { id, name, expires, issued, bot } = claims
  const most = outer === null || own === null ? {} : { most: own }
  return admitted({ id, name, kind: 'person', role, ...most, expires, issued, ...(bot && { bot }) }, resource)
}

async function grantedRole(
  { id, grants }: { id: string; grants: Grants },
  resource: Resource,
): Promise<PersonRole | null> {
  if (resource === inboxResource) return 'reader'
  const agent = agentIn(resource)
  if (agent === null) {
    const granted = roleIn(resource, grants)
    return isPair(resource) && granted !== 'reader' ? 'member' : granted // who belongs to it is known there
  }
  const circle = `circle:${await directChannelName(agent, id)}`
  return (roleIn(circle, grants) ?? roleIn(`agent:${agent}`, grants)) ? 'member' : null
}

const isPair = (resource: Resource): boolean => resource.includes(`:${pairPrefix}`)

const grantsNothing = (resource: Resource): AuthError => authError('forbidden', `You have no access to ${resource}.`)
const wrongTicket = authError('forbidden', 'This ticket is for another channel.')
