import { type AuthError, authError, isAuthError } from './auth-error.ts'
import { isGuest, namedGuest } from './guests.ts'
import type { Configured, TokenCheck } from './policy.ts'
import type { Principal } from './principal.ts'
import { readTicket, type Ticket } from './ticket.ts'
import { type Claims, verifyJwt } from './verify-jwt.ts'

/** What a request brings along to say who sends it. Null: it does not. */
export type Credentials = {
  authorization: string | null // the header
  offeredTicket: string | null // from the subprotocols
  ticket: string | null // ?ticket=
  token: string | null // ?token=
  assertion: string | null // Cloudflare Access puts it there
  name: string | null // ?name=, for guests
}

/** Who sends a request, as far as that can be said before it is clear where it goes. */
export type Caller =
  | { by: 'token'; claims: Claims }
  | { by: 'ticket'; ticket: Ticket }
  | { by: 'name'; principal: Principal } // a guest
  | { by: 'nothing' }

/** The first credential that is there decides: if it is bad, a good one behind it does not help. */
export async function authenticate(policy: Configured, given: Credentials, now: number): Promise<Caller | AuthError> {
  const bearer = bearerOf(given.authorization)
  const { tokens, access } = policy
  if (bearer !== null && tokens) return byToken(bearer, tokens, now)
  const ticket = given.offeredTicket ?? given.ticket
  if (ticket !== null) return byTicket(ticket, policy, now)
  if (given.token !== null && tokens) return byToken(given.token, tokens, now)
  if (given.assertion !== null && access) return byToken(given.assertion, access, now)
  if (policy.kind === 'open' && given.name !== null) return byName(given.name)
  return { by: 'nothing' }
}

/** The user id of a caller, or null: they said nothing. */
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

/** What a caller who gave nothing is told where that is not enough. */
export const missingCredentials: AuthError = authError(
  'missing_token',
  'Say who you are: send a token as `Authorization: Bearer …`.',
)

// Another scheme than Bearer is somebody else's business, a proxy's perhaps.
function bearerOf(authorization: string | null): string | null {
  const [scheme, token = ''] = authorization?.trim().split(/\s+/, 2) ?? []
  return scheme?.toLowerCase() === 'bearer' ? token : null
}

async function byToken(token: string, check: TokenCheck, now: number): Promise<Caller | AuthError> {
  const claims = await verifyJwt(token, check, now)
  return isAuthError(claims) ? claims : { by: 'token', claims }
}

async function byTicket(text: string, policy: Configured, now: number): Promise<Caller | AuthError> {
  const ticket = await readTicket(text, policy.ticketSecret, now)
  if (isAuthError(ticket)) return ticket
  // Where nobody is more than a guest, tickets may be signed by a key that is no secret: they make nobody more either.
  if (policy.tokens === null && !isGuest(ticket.principal))
    return authError('invalid_token', 'The ticket is not valid.')
  return { by: 'ticket', ticket }
}

function byName(name: string): Caller | AuthError {
  const principal = namedGuest(name)
  return isAuthError(principal) ? principal : { by: 'name', principal }
}
