import { outerChannel } from '../protocol/channels/channels.ts'
import type { PersonRole } from '../protocol/roles.ts'
import { type AuthError, authError, isAuthError } from './auth-error.ts'
import type { Caller } from './authenticate.ts'
import { type Grants, roleIn } from './grants.ts'
import type { Configured } from './policy.ts'
import type { Principal } from './principal.ts'
import { agentOfDirect, directChannelName, inboxResource, type Resource } from './resource.ts'
import { type Claims, verifyJwt } from './verify-jwt.ts'

/** Returns the caller as a principal with their role in a resource, or the reason they have none. */
export async function authorize(
  policy: Configured,
  caller: Exclude<Caller, { by: 'nothing' }>,
  resource: Resource,
): Promise<Principal | AuthError> {
  switch (caller.by) {
    case 'name':
      return caller.principal
    case 'ticket':
      return caller.ticket.resource === resource ? caller.ticket.principal : wrongTicket
    case 'token':
      return authorizeClaims(policy, caller.claims, resource)
    default:
      throw new Error(`expected a known caller, got ${JSON.stringify(caller satisfies never)}`)
  }
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
  if (role === null) return authError('forbidden', `Your token grants nothing in ${resource}.`)
  const { id, name, expires, issued, bot } = claims
  const most = outer === null || own === null ? {} : { most: own }
  return { id, name, kind: 'person', role, ...most, expires, issued, ...(bot && { bot }) }
}

async function grantedRole(
  { id, grants }: { id: string; grants: Grants },
  resource: Resource,
): Promise<PersonRole | null> {
  if (resource === inboxResource) return 'reader'
  const agent = agentOfDirect(resource)
  if (agent === null) return roleIn(resource, grants)
  const circle = `circle:${await directChannelName(agent, id)}`
  return (roleIn(circle, grants) ?? roleIn(`agent:${agent}`, grants)) ? 'member' : null
}

const wrongTicket = authError('forbidden', 'This ticket is for another channel.')
