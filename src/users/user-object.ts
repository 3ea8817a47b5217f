import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import { durableSql } from '../lib/durable-sql.ts'
import { fault, openLog } from '../lib/log.ts'
import { type Owed, type Pass, Passes } from './passes.ts'
import { channelOf } from './user-stub.ts'

const retryMs = 1_000

/** One user of this deployment: where their tokens are in use, and since when older ones count no more. */
export class UserObject extends DurableObject<Env> {
  readonly #passes: Passes

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#passes = new Passes(durableSql(context.storage))
  }

  show(pass: Pass): boolean {
    return this.#passes.show(pass)
  }

  /** Revokes every token issued until now. Channels that cannot be told at once are told by the alarm. */
  async revoke(): Promise<{ at: number; channels: number }> {
    const at = Date.now()
    this.#passes.revoke(at)
    const owed = this.#passes.owed()
    await this.ctx.storage.setAlarm(at + retryMs) // before anything can fail
    await this.#tell(owed)
    return { at, channels: owed.length }
  }

  override async alarm(): Promise<void> {
    await this.#tell(this.#passes.owed())
  }

  async #tell(owed: Owed[]): Promise<void> {
    const told = await Promise.all(owed.map(one => this.#tellOne(one)))
    if (told.includes(false)) await this.ctx.storage.setAlarm(Date.now() + retryMs)
    else await this.ctx.storage.deleteAlarm()
  }

  async #tellOne(owed: Owed): Promise<boolean> {
    const user = this.ctx.id.name
    if (user === undefined) throw new Error('a user is reached by their id; this object has none')
    try {
      await channelOf(this.env, owed.channel).revoke(user, owed.before)
      this.#passes.told(owed)
      return true
    } catch (error) {
      // Overloaded, or just being restarted: it stays owed.
      openLog(this.env.LOG, console)(fault('user', error, { channel: owed.channel }), Date.now())
      return false
    }
  }
}
