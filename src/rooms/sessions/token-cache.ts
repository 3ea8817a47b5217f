import type { Principal } from '../../auth/principal.ts'
import type { ChannelName } from '../../protocol/channels.ts'
import type { TokenRecord } from '../../rpc/tokens.ts'

type Known = { issued: number; until: number } // ms: the oldest token known to be good, the end of the last one

/** What somebody is told whose token was revoked. */
export const tokenRevoked = { status: 401, code: 'token_revoked', message: 'This token was revoked.' }

const mostUsers = 5_000 // remembered of each kind; whoever was longest ago is asked about again

/**
 * The tokens that this channel knows to be good, so that nobody need be asked about who comes back: every channel where a
 * token was shown is told when it is revoked, so while we live, no news is good news.
 */
export class TokenCache {
  readonly #channel: ChannelName
  readonly #show: (pass: TokenRecord) => Promise<boolean>
  readonly #known = new Map<string, Known>() // by user
  readonly #revoked = new Map<string, number>() // by user: tokens issued until then (ms) count no more

  constructor(channel: ChannelName, show: (pass: TokenRecord) => Promise<boolean>) {
    this.#channel = channel
    this.#show = show
  }

  /** Does this principal's token count? Guests have none. */
  async isValid(principal: Principal | null): Promise<boolean> {
    if (principal === null || principal.kind === 'guest' || principal.expires === null) return true
    const { id, expires, issued = 0 } = principal
    if (this.#isRevoked(id, issued)) return false
    const known = this.#known.get(id)
    if (known !== undefined && issued >= known.issued && expires <= known.until) return true
    const isGood = await this.#show({ user: id, channel: this.#channel, issued, expires })
    if (!isGood || this.#isRevoked(id, issued)) return false // revoked while we asked
    remember(this.#known, id, { issued, until: Math.max(expires, known?.until ?? 0) })
    return true
  }

  /** The user's object says that tokens issued until `before` count no more. */
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
  if (map.size > mostUsers && oldest !== undefined) map.delete(oldest)
}
