import { type AuthError, isAuthError } from '../../auth/auth-error.ts'
import { authorizeToken } from '../../auth/authorize.ts'
import { readPolicy } from '../../auth/policy.ts'
import type { Principal } from '../../auth/principal.ts'
import type { Env } from '../../env.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { RoomContext } from '../context.ts'
import { banReason } from '../members/standing.ts'
import { accepted, type Outcome, refusal, refuse } from '../outcome.ts'
import { tooManySessions } from './access.ts'
import { checkAccess } from './check-access.ts'
import { dropForbiddenState } from './presence-state.ts'
import type { Session } from './session.ts'
import type { SessionTimeouts } from './timeouts.ts'
import type { TokenCache } from './token-cache.ts'

/** The principal of a token, or the refusal. `ignored`: this deployment has only guests. */
export type TokenCheckResult = { principal: Principal } | { refused: Refusal } | { ignored: true }

/** Verifies a token that came over a socket. */
export async function verifyToken(
  token: string,
  { env, channel, tokens }: { env: Env; channel: ChannelName; tokens: TokenCache },
  now: number,
): Promise<TokenCheckResult> {
  const policy = readPolicy(env)
  if (policy.kind === 'unconfigured') return { refused: refusal('unauthenticated', policy.message) }
  if (policy.tokens === null) return { ignored: true }
  const principal = await authorizeToken(policy, token, channel, now)
  if (isAuthError(principal)) return { refused: unauthenticated(principal) }
  const refused = await tokens.refusalOf(principal)
  return refused === null ? { principal } : { refused: refusal('unauthenticated', refused.message) }
}

/** The refusal of a token over a socket. With `retry_after_ms` the same token may be good later. */
function unauthenticated({ message, retryAfterMs }: AuthError): Refusal {
  return {
    ...refusal('unauthenticated', message),
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
  }
}

/** Accepts a new token on a live socket (A4, A6): the same person stays longer, or a guest becomes a person. */
export function reauthenticate(
  context: RoomContext & { timeouts: SessionTimeouts },
  session: Session,
  { id, result }: { id: string | null; result: TokenCheckResult },
  now: number,
): Outcome {
  const { presence, touched, timeouts } = context
  if ('ignored' in result) return accepted(id, now)
  if ('refused' in result) return refuse(id, result.refused, now)
  const { principal } = result
  const isGuest = session.principal.kind === 'guest'
  const isOther = principal.id !== session.user.id
  if (isOther && !isGuest) return refuse(id, refusal('unauthenticated', 'This token belongs to somebody else.'), now)
  const banned = banReason(context, principal)
  if (banned !== null) return refuse(id, refusal('forbidden', banned.message), now)
  const tooMany = isOther ? tooManySessions(context, principal) : null
  if (tooMany !== null) return refuse(id, refusal('rate_limited', tooMany), now)
  timeouts.remove(session)
  if (isOther) presence.leave(session, now)
  session.principal = principal
  checkAccess(context, session)
  timeouts.add(session)
  touched.add(session)
  if (isGuest) presence.join(session)
  else presence.setUser(session.user)
  dropForbiddenState(context, session)
  return accepted(id, now)
}
