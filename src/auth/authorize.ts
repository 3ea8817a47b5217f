import type { PersonRole } from '../protocol/roles.ts'
import { type AuthError, authError, isAuthError } from './auth-error.ts'
import type { Caller } from './authenticate.ts'
import { type Grants, roleIn } from './grants.ts'
import type { Configured } from './policy.ts'
import type { Principal } from './principal.ts'
import { directChannelName, type Resource } from './resource.ts'
import { type Claims, verifyJwt } from './verify-jwt.ts'

/** Lets a caller in, with the role they have there, or says why not. */
export async function authorize(
  policy: Configured,
  caller: Exclude<Caller, { by: 'nothing' }>,
  place: Resource,
): Promise<Principal | AuthError> {
  switch (caller.by) {
    case 'name':
      return caller.principal
    case 'ticket':
      return caller.ticket.resource === place ? caller.ticket.principal : elsewhere
    case 'token':
      return admitClaims(policy, caller.claims, place)
    default:
      throw new Error(`expected a known caller, got ${JSON.stringify(caller satisfies never)}`)
  }
}

/** Lets the bearer of a token in: for tokens that come over an open socket. */
export async function authorizeToken(
  policy: Configured,
  token: string,
  place: Resource,
  now: number,
): Promise<Principal | AuthError> {
  if (policy.tokens === null) return authError('invalid_token', 'No tokens are configured here.')
  const claims = await verifyJwt(token, policy.tokens, now)
  return isAuthError(claims) ? claims : admitClaims(policy, claims, place)
}

async function admitClaims(policy: Configured, claims: Claims, place: Resource): Promise<Principal | AuthError> {
  const granted = await grantedRole(claims, place)
  const role = granted ?? (policy.kind === 'open' ? 'member' : null) // a guest would be a member
  if (role === null) return authError('forbidden', `Your token grants nothing in ${place}.`)
  return { id: claims.id, name: claims.name, kind: 'person', role, expires: claims.expires, issued: claims.issued }
}

async function grantedRole(
  { id, grants }: { id: string; grants: Grants },
  place: Resource,
): Promise<PersonRole | null> {
  if (!place.startsWith('chat:')) return roleIn(place, grants)
  const agent = place.slice(5)
  const circle = `circle:${await directChannelName(agent, id)}`
  return (roleIn(circle, grants) ?? roleIn(`agent:${agent}`, grants)) ? 'member' : null
}

const elsewhere = authError('forbidden', 'This ticket opens another channel.')
