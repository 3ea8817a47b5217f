import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { createLogger, faultRecord } from '../../lib/logger.ts'
import type { TokenRecord, TokenRegistryRpc } from '../../rpc/tokens.ts'
import { stubFor } from './clients.ts'
import { type PendingRevocation, TokenStore } from './token-store.ts'

const retryMs = 1_000
const dayMs = 86_400_000

/** The Durable Object that keeps the tokens of some users: the channels that use them, and their revocations. */
export class TokenRegistry extends DurableObject<Env> implements TokenRegistryRpc {
  readonly #store: TokenStore
  #isCleanupScheduled = false

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#store = new TokenStore(durableSql(context.storage))
  }

  /**
   * Records that these tokens are used in these channels, so that a later revocation reaches them. Returns whether each
   * token is valid (not revoked), in the same order. A revoked token is not recorded.
   */
  async show(tokens: TokenRecord[]): Promise<boolean[]> {
    const valid = this.#store.use(tokens)
    if (!this.#isCleanupScheduled) {
      this.#isCleanupScheduled = true
      if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + dayMs)
    }
    return valid
  }

  /** Revokes all tokens of a user issued until now. The alarm retries channels that could not be notified. */
  async revoke(user: string): Promise<{ at: number; channels: number }> {
    const at = Date.now()
    this.#store.revoke(user, at)
    const pending = this.#store.pendingRevocations().filter(revocation => revocation.user === user)
    await this.ctx.storage.setAlarm(at + retryMs) // before anything can fail
    await this.#notify(pending)
    return { at, channels: pending.length }
  }

  override async alarm(): Promise<void> {
    await this.#notify(this.#store.pendingRevocations())
  }

  /** Notifies channels of revocations, and sets the alarm for the rest. */
  async #notify(pending: readonly PendingRevocation[]): Promise<void> {
    await Promise.all(pending.map(revocation => this.#notifyChannel(revocation)))
    const now = Date.now()
    const hasTokens = this.#store.deleteExpired(now)
    if (this.#store.pendingRevocations().length > 0) await this.ctx.storage.setAlarm(now + retryMs)
    else if (hasTokens) await this.ctx.storage.setAlarm(now + dayMs)
    else await this.ctx.storage.deleteAlarm()
    this.#isCleanupScheduled = hasTokens
  }

  async #notifyChannel(revocation: PendingRevocation): Promise<void> {
    try {
      await stubFor(this.env, revocation.channel).revoke(revocation.user, revocation.before)
      this.#store.confirm(revocation)
    } catch (error) {
      // Overloaded, or being restarted: it stays pending.
      createLogger(this.env.LOG, console)(faultRecord('passes', error, { channel: revocation.channel }), Date.now())
    }
  }
}
