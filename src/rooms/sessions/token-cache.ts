import type { Principal } from '../../auth/principal.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import type { TokenRecord } from '../../rpc/tokens.ts'

type Known = { issued: number; until: number } // ms: when the oldest valid token was issued, when the last one expires

/** The refusal of a revoked token. */
export const tokenRevoked = { status: 401, code: 'token_revoked', message: 'This token was revoked.' }

const maxUsers = 5_000 // cached of each kind; the oldest entry is dropped first

/**
 * The tokens that are known to be valid here, so that a reconnect needs no check. Every channel where a token was used
 * is notified when it is revoked, so a cached token stays valid while this object is in memory.
 */
export class TokenCache {
  readonly #channel: ChannelName
  readonly #check: (token: TokenRecord) => Promise<boolean>
  readonly #known = new Map<string, Known>() // by user
  readonly #revoked = new Map<string, number>() // by user: tokens issued until then (ms) are revoked

  constructor(channel: ChannelName, check: (token: TokenRecord) => Promise<boolean>) {
    this.#channel = channel
    this.#check = check
  }

  /** Returns whether this principal's token is valid. Guests have none. */
  async isValid(principal: Principal | null): Promise<boolean> {
    if (principal === null || principal.kind === 'guest' || principal.expires === null) return true
    const { id, expires, issued = 0 } = principal
    if (this.#isRevoked(id, issued)) return false
    const known = this.#known.get(id)
    if (known !== undefined && issued >= known.issued && expires <= known.until) return true
    const isGood = await this.#check({ user: id, channel: this.#channel, issued, expires })
    if (!isGood || this.#isRevoked(id, issued)) return false // revoked during the check
    remember(this.#known, id, { issued, until: Math.max(expires, known?.until ?? 0) })
    return true
  }

  /** Revokes a user's tokens that were issued until `before` (ms). */
  revoke(user: string, before: number): void {
    remember(this.#revoked, user, before)
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
