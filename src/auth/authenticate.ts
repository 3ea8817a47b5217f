import { type AuthError, authError, isAuthError } from './auth-error.ts'
import { isGuest, namedGuest } from './guests.ts'
import type { Configured, TokenCheck } from './policy.ts'
import type { Principal } from './principal.ts'
import { readTicket, type Ticket } from './ticket.ts'
import { type Claims, verifyJwt } from './verify-jwt.ts'

/** The credentials in a request; null where there is none. */
export type Credentials = {
  authorization: string | null // the header
  offeredTicket: string | null // from the subprotocols
  ticket: string | null // ?ticket=
  token: string | null // ?token=
  assertion: string | null // the header that Cloudflare Access sets
  name: string | null // ?name=, for guests
}

/** The authenticated sender of a request, before it is known which resource they want. */
export type Caller =
  | { by: 'token'; claims: Claims }
  | { by: 'ticket'; ticket: Ticket }
  | { by: 'name'; principal: Principal } // a guest
  | { by: 'nothing' }

/** Authenticates a request by the first credential it has: if that one is bad, a good one after it does not help. */
export async function authenticate(
  policy: Configured,
  credentials: Credentials,
  now: number,
): Promise<Caller | AuthError> {
  const bearer = bearerOf(credentials.authorization)
  const { tokens, access } = policy
  if (bearer !== null && tokens) return byToken(bearer, tokens, now)
  const ticket = credentials.offeredTicket ?? credentials.ticket
  if (ticket !== null) return byTicket(ticket, policy, now)
  if (credentials.token !== null && tokens) return byToken(credentials.token, tokens, now)
  if (credentials.assertion !== null && access) return byToken(credentials.assertion, access, now)
  if (policy.kind === 'open' && credentials.name !== null) return byName(credentials.name)
  return { by: 'nothing' }
}

/** Returns the user id of a caller, or null if they sent no credentials. */
export function userIdOf(caller: Caller): string | null {
  switch (caller.by) {
    case 'token':
      return caller.claims.id
    case 'ticket':
      return caller.ticket.principal.id
    case 'name':
      return caller.principal.id
    default:
      return null
  }
}

/** The error for a caller who sent no credentials where some are needed. */
export const missingCredentials: AuthError = authError(
  'missing_token',
  'Authentication required: send a token as `Authorization: Bearer …`.',
)

// Other schemes than Bearer are not for us: a proxy in front may use them.
function bearerOf(authorization: string | null): string | null {
  const [scheme, token = ''] = authorization?.trim().split(/\s+/, 2) ?? []
  return scheme?.toLowerCase() === 'bearer' ? token : null
}

async function byToken(token: string, check: TokenCheck, now: number): Promise<Caller | AuthError> {
  const claims = await verifyJwt(token, check, now)
  return isAuthError(claims) ? claims : { by: 'token', claims }
}

async function byTicket(text: string, policy: Configured, now: number): Promise<Caller | AuthError> {
  const ticket = await readTicket(text, policy.ticketSecrets, now)
  if (isAuthError(ticket)) return ticket
  // Where there are only guests, tickets may be signed with a key that is not secret, so they can prove no more than a guest.
  if (policy.kind === 'open' && policy.tokens === null && !isGuest(ticket.principal))
    return authError('invalid_token', 'The ticket is not valid.')
  return { by: 'ticket', ticket }
}

function byName(name: string): Caller | AuthError {
  const principal = namedGuest(name)
  return isAuthError(principal) ? principal : { by: 'name', principal }
}
