import { isAuthError } from '../../auth/auth-error.ts'
import { authorizeToken } from '../../auth/authorize.ts'
import { readPolicy } from '../../auth/policy.ts'
import type { Env } from '../../env.ts'
import type { ChannelName } from '../../protocol/channels.ts'
import { refusal } from '../effects.ts'
import type { TokenCheckResult } from './authenticate.ts'
import { type TokenCache, tokenRevoked } from './token-cache.ts'

type Place = { env: Env; place: ChannelName; passes: TokenCache }

/** Who a token that came on a socket says its sender is. */
export async function verifyToken(
  token: string,
  { env, place, passes }: Place,
  now: number,
): Promise<TokenCheckResult> {
  const policy = readPolicy(env)
  if (policy.kind === 'unconfigured') return { refused: refusal('unauthenticated', policy.message) }
  if (policy.tokens === null) return { ignored: true }
  const admitted = await authorizeToken(policy, token, place, now)
  if (isAuthError(admitted)) return { refused: refusal('unauthenticated', admitted.message) }
  if (await passes.isValid(admitted)) return { principal: admitted }
  return { refused: refusal('unauthenticated', tokenRevoked.message) }
}
