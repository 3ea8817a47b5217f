import { DurableObject } from '#workers'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import type { DirectoryEntry, DirectoryRpc, IndexedCircle } from '../../rpc/directory.ts'
import { DirectoryStore } from './directory-store.ts'

/** The Durable Object that lists all circles; a deployment has one. */
export class CircleDirectory extends DurableObject<Env> implements DirectoryRpc {
  readonly #store: DirectoryStore

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#store = new DirectoryStore(durableSql(context.storage))
  }

  put(entry: DirectoryEntry): void {
    this.#store.put(entry, Date.now())
  }

  remove(name: string): void {
    this.#store.remove(name)
  }

  after(name: string, limit: number): IndexedCircle[] {
    return this.#store.after(name, limit)
  }

  noteActivity(channel: string): void {
    this.#store.noteActivity(channel, Date.now())
  }

  activeAmong(channels: readonly string[]): string[] {
    return this.#store.activeAmong(channels, Date.now())
  }
}
