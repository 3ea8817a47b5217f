import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { createLogger, logFaultRecord } from '../../lib/logger.ts'
import type { TokenRecord, TokenRegistryRpc } from '../../rpc/tokens.ts'
import { stubFor } from './clients.ts'
import { type PendingRevocation, TokenStore } from './token-store.ts'

const retryMs = 1_000
const dayMs = 86_400_000

/** Some of this deployment's users: where their tokens are in use, and since when older ones count no more. */
export class PassesObject extends DurableObject<Env> implements TokenRegistryRpc {
  readonly #passes: TokenStore
  #cleansDaily = false

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#passes = new TokenStore(durableSql(context.storage))
  }

  /** Which of these tokens are good, in their order. */
  async show(passes: TokenRecord[]): Promise<boolean[]> {
    const good = this.#passes.use(passes)
    if (!this.#cleansDaily) {
      this.#cleansDaily = true
      if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + dayMs)
    }
    return good
  }

  /** Revokes every token of a user issued until now. Channels that cannot be told at once are told by the alarm. */
  async revoke(user: string): Promise<{ at: number; channels: number }> {
    const at = Date.now()
    this.#passes.revoke(user, at)
    const owed = this.#passes.pendingRevocations().filter(one => one.user === user)
    await this.ctx.storage.setAlarm(at + retryMs) // before anything can fail
    await this.#tell(owed)
    return { at, channels: owed.length }
  }

  override async alarm(): Promise<void> {
    await this.#tell(this.#passes.pendingRevocations())
  }

  /** Tells channels of revocations, and sets the alarm for what is left to do. */
  async #tell(owed: readonly PendingRevocation[]): Promise<void> {
    await Promise.all(owed.map(one => this.#tellOne(one)))
    const now = Date.now()
    const isLeft = this.#passes.forget(now)
    if (this.#passes.pendingRevocations().length > 0) await this.ctx.storage.setAlarm(now + retryMs)
    else if (isLeft) await this.ctx.storage.setAlarm(now + dayMs)
    else await this.ctx.storage.deleteAlarm()
    this.#cleansDaily = isLeft
  }

  async #tellOne(owed: PendingRevocation): Promise<void> {
    try {
      await stubFor(this.env, owed.channel).revoke(owed.user, owed.before)
      this.#passes.confirm(owed)
    } catch (error) {
      // Overloaded, or just being restarted: it stays owed.
      createLogger(this.env.LOG, console)(logFaultRecord('passes', error, { channel: owed.channel }), Date.now())
    }
  }
}
