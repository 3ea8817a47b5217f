import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import type { DirectoryEntry, DirectoryRpc, IndexedCircle } from '../../rpc/directory.ts'
import { DirectoryStore } from './directory-store.ts'

/** The one object that knows which circles there are. */
export class RegisterObject extends DurableObject<Env> implements DirectoryRpc {
  readonly #register: DirectoryStore

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#register = new DirectoryStore(durableSql(context.storage))
  }

  put(listing: DirectoryEntry): void {
    this.#register.put(listing, Date.now())
  }

  remove(name: string): void {
    this.#register.remove(name)
  }

  after(name: string, limit: number): IndexedCircle[] {
    return this.#register.after(name, limit)
  }
}
