import { type AuthError, authError } from '../../auth/auth-error.ts'
import type { Principal } from '../../auth/principal.ts'
import type { Env } from '../../env.ts'
import { registryFor } from './clients.ts'
import type { TokenUse } from './token-store.ts'

/** Shows a token at a channel's door: null, or that it was revoked. Guests have none to show. */
export async function isTokenRevoked(env: Env, who: Principal | null, channel: TokenUse): Promise<AuthError | null> {
  if (who === null || who.kind === 'guest' || who.expires === null) return null
  const pass = { user: who.id, channel, issued: who.issued ?? 0, expires: who.expires }
  const [isGood] = await registryFor(env, who.id).show([pass])
  return isGood === true ? null : authError('token_revoked', 'This token was revoked.')
}
