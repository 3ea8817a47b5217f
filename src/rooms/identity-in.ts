import { admitToken } from '../auth/admit.ts'
import { isDenied } from '../auth/denied.ts'
import { readPolicy } from '../auth/policy.ts'
import type { Env } from '../env.ts'
import type { ChannelName } from '../protocol/channels.ts'
import { refusal } from './effects.ts'
import type { Identification } from './identity.ts'
import { revoked, type ShownPasses } from './shown-passes.ts'

type Place = { env: Env; place: ChannelName; passes: ShownPasses }

/** Who a token that came on a socket says its sender is. */
export async function identityIn(token: string, { env, place, passes }: Place, now: number): Promise<Identification> {
  const policy = readPolicy(env)
  if (policy.kind === 'unconfigured') return { refused: refusal('unauthenticated', policy.message) }
  if (policy.tokens === null) return { ignored: true }
  const admitted = await admitToken(policy, token, place, now)
  if (isDenied(admitted)) return { refused: refusal('unauthenticated', admitted.message) }
  if (await passes.areGood(admitted)) return { principal: admitted }
  return { refused: refusal('unauthenticated', revoked.message) }
}
