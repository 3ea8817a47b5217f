import type { Principal } from '../../auth/principal.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import type { TokenRecord, TokenVerdict } from '../../rpc/tokens.ts'
import type { ConnectRefusal } from './access.ts'

type Known = { issued: number; until: number } // ms: when the oldest valid token was issued, when the last one expires

/** The refusal of a revoked token. */
export const tokenRevoked: ConnectRefusal = { status: 401, code: 'token_revoked', message: 'This token was revoked.' }
/** The refusal of a token that is in use in so many channels that a revocation could not reach one more. */
export const tooManyChannels: ConnectRefusal = {
  status: 429,
  code: 'too_many_channels',
  message: 'Your tokens are in use in too many channels already.',
}

const maxUsers = 5_000 // cached of each kind; the oldest entry is dropped first

/**
 * The tokens that are known to be valid here, so that a reconnect needs no check. Every channel where a token was used
 * is notified when it is revoked, so a cached token stays valid while this object is in memory.
 */
export class TokenCache {
  readonly #channel: ChannelName
  readonly #check: (token: TokenRecord) => Promise<TokenVerdict>
  readonly #known = new Map<string, Known>() // by user
  readonly #revoked = new Map<string, number>() // by user: tokens issued until then (ms) are revoked

  constructor(channel: ChannelName, check: (token: TokenRecord) => Promise<TokenVerdict>) {
    this.#channel = channel
    this.#check = check
  }

  /** The reason this principal's token opens nothing here, or null. Guests have none. */
  async refusalOf(principal: Principal): Promise<ConnectRefusal | null> {
    if (principal.kind === 'guest' || principal.expires === null) return null
    const { id, expires, issued = 0 } = principal
    if (this.#isRevoked(id, issued)) return tokenRevoked
    const known = this.#known.get(id)
    if (known !== undefined && issued >= known.issued && expires <= known.until) return null
    const verdict = await this.#check({ user: id, channel: this.#channel, issued, expires })
    if (verdict === false || this.#isRevoked(id, issued)) return tokenRevoked // perhaps during the check
    if (verdict === 'full') return tooManyChannels
    remember(this.#known, id, { issued, until: Math.max(expires, known?.until ?? 0) })
    return null
  }

  /** Revokes a user's tokens that were issued until `before` (ms). */
  revoke(user: string, before: number): void {
    remember(this.#revoked, user, before)
    this.#known.delete(user) // the registry may forget this channel: a later token is shown to it again
  }

  #isRevoked(user: string, issued: number): boolean {
    return issued <= (this.#revoked.get(user) ?? Number.NEGATIVE_INFINITY)
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > maxUsers && oldest !== undefined) map.delete(oldest)
}
