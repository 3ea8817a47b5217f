import { type Denied, denied } from '../auth/denied.ts'
import type { Principal } from '../auth/principal.ts'
import type { Env } from '../env.ts'
import type { Shown } from './passes.ts'
import { passesOf } from './stubs.ts'

/** Shows a token at a channel's door: null, or that it was revoked. Guests have none to show. */
export async function showToken(env: Env, who: Principal | null, channel: Shown): Promise<Denied | null> {
  if (who === null || who.kind === 'guest' || who.expires === null) return null
  const pass = { user: who.id, channel, issued: who.issued ?? 0, expires: who.expires }
  const [isGood] = await passesOf(env, who.id).show([pass])
  return isGood === true ? null : denied('token_revoked', 'This token was revoked.')
}
