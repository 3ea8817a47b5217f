import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import { durableSql } from '../lib/durable-sql.ts'
import { type Listed, type Listing, Register } from './register.ts'

/** The one object that knows which circles there are. */
export class RegisterObject extends DurableObject<Env> {
  readonly #register: Register

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#register = new Register(durableSql(context.storage))
  }

  put(listing: Listing): void {
    this.#register.put(listing, Date.now())
  }

  remove(name: string): void {
    this.#register.remove(name)
  }

  after(name: string, limit: number): Listed[] {
    return this.#register.after(name, limit)
  }
}

/** How others reach it. */
export type RegisterStub = {
  put(listing: Listing): Promise<void>
  remove(name: string): Promise<void>
  after(name: string, limit: number): Promise<Listed[]>
}
