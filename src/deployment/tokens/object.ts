import { DurableObject } from '#workers'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { createLogger, faultRecord } from '../../lib/logger.ts'
import { readLimits } from '../../protocol/channels/limits-setting.ts'
import type {
  AllowanceDraw,
  AllowanceGrant,
  Revocation,
  TokenRecord,
  TokenRegistryRpc,
  TokenVerdict,
} from '../../rpc/tokens.ts'
import { AllowanceStore } from './allowance-store.ts'
import { stubFor } from './clients.ts'
import { type PendingRevocation, TokenStore } from './token-store.ts'

const retryMs = 1_000
const dayMs = 86_400_000
const batch = 50 // channels that are notified at once

/** The Durable Object that keeps the tokens of some users: the channels that use them, and their revocations. */
export class TokenRegistry extends DurableObject<Env> implements TokenRegistryRpc {
  readonly #store: TokenStore
  readonly #allowances: AllowanceStore
  #isCleanupScheduled = false

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    const sql = durableSql(context.storage)
    this.#store = new TokenStore(sql)
    this.#allowances = new AllowanceStore(sql, readLimits(env.LIMITS))
  }

  /**
   * Records that these tokens open sockets in these channels, so that a later revocation reaches them. Returns whether
   * each token is valid (not revoked), in the same order. A revoked token is not recorded.
   */
  async show(tokens: TokenRecord[]): Promise<TokenVerdict[]> {
    const verdicts = this.#store.use(tokens, Date.now())
    if (!this.#isCleanupScheduled && tokens.some(({ opens = true }) => opens)) {
      this.#isCleanupScheduled = true
      if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + dayMs)
    }
    return verdicts
  }

  /** Grants parts of what people may use over the whole deployment, in the order of the requests. */
  draw(draws: AllowanceDraw[]): AllowanceGrant[] {
    return this.#allowances.draw(draws, Date.now())
  }

  /** Marks a code as used until it expires (ms); returns false if it was used before. */
  redeem(id: string, expires: number): boolean {
    return this.#store.redeem(id, expires, Date.now())
  }

  /** Revokes all tokens of a user issued until now. The alarm retries channels that could not be notified. */
  async revoke(user: string): Promise<Revocation> {
    const now = Date.now()
    const revocation = this.#store.revoke(user, now)
    if ('retryAfterMs' in revocation) return revocation
    await this.ctx.storage.setAlarm(now + retryMs) // before anything can fail
    await this.#notify(this.#store.pendingRevocations(user))
    return revocation
  }

  override async alarm(): Promise<void> {
    await this.#notify(this.#store.pendingRevocations())
  }

  /** Notifies channels of revocations, a batch at a time, and sets the alarm for the rest. */
  async #notify(pending: readonly PendingRevocation[]): Promise<void> {
    for (let from = 0; from < pending.length; from += batch) {
      await Promise.all(pending.slice(from, from + batch).map(revocation => this.#notifyChannel(revocation)))
    }
    const now = Date.now()
    const hasTokens = this.#store.deleteExpired(now)
    if (this.#store.pendingRevocations().length > 0) await this.ctx.storage.setAlarm(now + retryMs)
    else if (hasTokens) await this.ctx.storage.setAlarm(now + dayMs)
    else await this.ctx.storage.deleteAlarm()
    this.#isCleanupScheduled = hasTokens
  }

  async #notifyChannel(revocation: PendingRevocation): Promise<void> {
    try {
      const { user, before } = revocation
      const stub = stubFor(this.env, revocation)
      const isInUse = stub === null ? false : ((await stub.revoke(user, before)) ?? true)
      this.#store.confirm(revocation, isInUse)
    } catch (error) {
      // Overloaded, or being restarted: it stays pending.
      createLogger(this.env.LOG, console)(faultRecord('passes', error, { channel: revocation.channel }), Date.now())
    }
  }
}
