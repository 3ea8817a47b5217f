import { type AuthError, authError } from '../../auth/auth-error.ts'
import { inboxResource, statsResource, usersResource } from '../../auth/resource.ts'
import type { Env } from '../../env.ts'
import { RequestBatcher } from '../../lib/request-batcher.ts'
import { type ChannelKind, type ChannelName, channelKind } from '../../protocol/channels/channels.ts'
import type { TokenRecord, TokenUse, TokenVerdict } from '../../rpc/tokens.ts'
import {
  type ChannelStub,
  channelStub,
  inboxStub,
  statsStub,
  type TokenRegistryStub,
  tokenRegistryStub,
} from '../../stubs.ts'

const registries = 16 // docs/decisions/0074-sixteen-token-registries.md; with another number, stored tokens are not found

/** The registry that keeps this user's tokens. */
export function registryFor(env: Env, user: string): TokenRegistryStub {
  return tokenRegistryStub(env, indexOf(user))
}

/** Checks tokens for one channel, in this jurisdiction; concurrent checks by the same registry share one call. */
export function batchedTokenClient(env: Env, jurisdiction?: string): (token: TokenRecord) => Promise<TokenVerdict> {
  const batchers = new Map<number, RequestBatcher<TokenRecord, TokenVerdict>>()
  return shown => {
    const token = jurisdiction === undefined ? shown : { ...shown, jurisdiction }
    const index = indexOf(token.user)
    const batcher = batchers.get(index) ?? new RequestBatcher(tokens => tokenRegistryStub(env, index).show(tokens))
    batchers.set(index, batcher)
    return batcher.get(token)
  }
}

/** A token of a user: when it was issued and when it expires, in ms since the Unix epoch. */
type Token = { id: string; issued?: number | undefined; expires: number | null }

/** Returns the error for a revoked token, or null. Nothing is recorded: a request over HTTP leaves nothing open. */
export async function refuseRevokedToken(env: Env, token: Token): Promise<AuthError | null> {
  return refuseToken(env, token, { channel: usersResource, opens: false })
}

/** The same for a token that opens a socket outside of the channels, which a later revocation must reach. */
export async function recordToken(
  env: Env,
  token: Token,
  channel: typeof statsResource | typeof inboxResource,
): Promise<AuthError | null> {
  return refuseToken(env, token, { channel })
}

async function refuseToken(
  env: Env,
  { id, issued = 0, expires }: Token,
  use: Pick<TokenRecord, 'channel' | 'opens'>,
): Promise<AuthError | null> {
  if (expires === null) return null // guests have no token
  const [verdict] = await registryFor(env, id).show([{ user: id, issued, expires, ...use }])
  if (verdict === true) return null
  return verdict === 'full'
    ? authError('rate_limited', 'Your tokens are in use in too many channels already.')
    : authError('token_revoked', 'This token was revoked.')
}

type Use = { channel: TokenUse; user: string; jurisdiction?: string | null }

/** The object that has to close the sessions of a revoked token; null: a request over HTTP, which leaves none open. */
export function stubFor(env: Env, { channel: use, user, jurisdiction }: Use): Pick<ChannelStub, 'revoke'> | null {
  if (use === usersResource) return null
  if (use === inboxResource) return inboxStub(env, user)
  if (use !== statsResource) return channelStub(env, addressOf(use), { jurisdiction: jurisdiction ?? undefined })
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
