import { type AuthError, authError } from '../../auth/auth-error.ts'
import type { Principal } from '../../auth/principal.ts'
import { statsResource } from '../../auth/resource.ts'
import type { Env } from '../../env.ts'
import { RequestBatcher } from '../../lib/request-batcher.ts'
import { type ChannelKind, type ChannelName, channelKind } from '../../protocol/channels/channels.ts'
import type { TokenRecord, TokenUse } from '../../rpc/tokens.ts'
import { type ChannelStub, channelStub, statsStub, type TokenRegistryStub, tokenRegistryStub } from '../../stubs.ts'

const registries = 16 // docs/decisions/0074-sixteen-token-registries.md; with another number, stored tokens are not found

/** The registry that keeps this user's tokens. */
export function registryFor(env: Env, user: string): TokenRegistryStub {
  return tokenRegistryStub(env, indexOf(user))
}

/** Checks tokens for one channel; concurrent checks by the same registry share one call. */
export function batchedTokenClient(env: Env): (token: TokenRecord) => Promise<boolean> {
  const batchers = new Map<number, RequestBatcher<TokenRecord, boolean>>()
  return token => {
    const index = indexOf(token.user)
    const batcher = batchers.get(index) ?? new RequestBatcher(tokens => tokenRegistryStub(env, index).show(tokens))
    batchers.set(index, batcher)
    return batcher.get(token)
  }
}

/** Records the use of a caller's token in a channel; returns an error if it was revoked, or null. Guests have no token. */
export async function refuseRevokedToken(
  env: Env,
  caller: Principal | null,
  channel: TokenUse,
): Promise<AuthError | null> {
  if (caller === null || caller.kind === 'guest' || caller.expires === null) return null
  const token = { user: caller.id, channel, issued: caller.issued ?? 0, expires: caller.expires }
  const [isValid] = await registryFor(env, caller.id).show([token])
  return isValid === true ? null : authError('token_revoked', 'This token was revoked.')
}

/** The object that has to close the sessions of a revoked token. */
export function stubFor(env: Env, use: TokenUse): Pick<ChannelStub, 'revoke'> {
  if (use !== statsResource) return channelStub(env, addressOf(use))
  const stats = statsStub(env)
  if (stats === null) throw new Error(`expected the binding STATS, because a token was used in ${use}`)
  return stats
}

function addressOf(channel: ChannelName): { kind: ChannelKind; name: string } {
  const colon = channel.indexOf(':')
  return { kind: channelKind.parse(channel.slice(0, colon)), name: channel.slice(colon + 1) }
}

/** FNV-1a over the id's UTF-16 code units. */
function indexOf(user: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < user.length; at++) hash = Math.imul(hash ^ user.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % registries
}
