import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Publication } from '../../protocol/publish-schema.ts'
import { mapConcurrent } from '../concurrency.ts'
import { changeOf } from './changes.ts'
import { diffOf } from './diffs.ts'
import { fingerprint } from './fingerprint.ts'
import type { Repository } from './git.ts'
import type { WatchState } from './watch-state.ts'

const filesAtOnce = 16

export type ChangePublisherOptions = {
  root: string
  memory: WatchState
  repository: Repository | null
  withDiff: boolean
  save(memory: WatchState): Promise<void>
  publish(batch: Publication[]): Promise<void> // resolves when the server has taken all of it
  withheld(path: string, why: string): void
}

/** Tells a workspace how a folder differs from what it was told before. */
export class ChangePublisher {
  readonly #options: ChangePublisherOptions

  constructor(options: ChangePublisherOptions) {
    this.#options = options
  }

  /** Tells what is new about these files and about git; resolves with what was told, once the server has it. */
  async tell(paths: Iterable<string>): Promise<Publication[]> {
    const { memory, save, publish } = this.#options
    const left = memory.outgoing // of an earlier run that was interrupted: first those, under their old ids
    const told: Publication[] = []
    if (left.length === 0) await this.#prepare(paths)
    while (memory.outgoing.length > 0) {
      const batch = firstBatch(memory.outgoing)
      await publish(batch)
      memory.outgoing = memory.outgoing.slice(batch.length)
      for (const publication of batch) this.#learn(publication)
      await save(memory)
      told.push(...batch)
    }
    return left.length === 0 ? told : [...told, ...(await this.tell(paths))]
  }

  async #prepare(paths: Iterable<string>): Promise<void> {
    const { memory, save } = this.#options
    const changes = await mapConcurrent([...paths].sort(), filesAtOnce, path => this.#change(path))
    const status = await this.#gitStatus()
    memory.outgoing = [...changes.filter(change => change !== null), ...(status === null ? [] : [status])]
    if (memory.outgoing.length > 0) await save(memory)
  }

  async #change(path: string): Promise<Publication | null> {
    const { root, memory, repository, withDiff } = this.#options
    const known = memory.files.get(path) ?? null
    const now = await fingerprint(join(root, path), known ?? undefined)
    const change = changeOf(path, known, now, () => crypto.randomUUID())
    if (change === null && now !== null) memory.files.set(path, now) // only touched, or a name that cannot be told
    if (change === null || change.type === 'file_deleted' || !withDiff || repository === null) return change
    const diff = await diffOf(repository, path)
    if (diff !== null && 'withheld' in diff) this.#options.withheld(path, diff.withheld)
    return diff !== null && 'diff' in diff ? { ...change, data: { ...change.data, diff: diff.diff } } : change
  }

  async #gitStatus(): Promise<Publication | null> {
    const { memory, repository } = this.#options
    const status = (await repository?.status()) ?? null
    if (status === null || isDeepStrictEqual(status, memory.git)) return null
    return { id: crypto.randomUUID(), type: 'git_status', data: status }
  }

  #learn({ type, data }: Publication): void {
    const { memory } = this.#options
    if (type === 'git_status') memory.git = data
    else if (type === 'file_deleted') memory.files.delete(data.path)
    else {
      const { path, size = 0, mtime = '', sha256 = null } = data
      memory.files.set(path, { size, mtime: Date.parse(mtime), sha256 })
    }
  }
}

const batchEvents = 100 // as many as the event bus takes at once
const batchBytes = 200_000 // below what it takes in one body

/** The first events that go together. */
export function firstBatch(outgoing: readonly Publication[]): Publication[] {
  let bytes = 0
  const end = outgoing.slice(0, batchEvents).findIndex((publication, index) => {
    bytes += Buffer.byteLength(JSON.stringify(publication))
    return index > 0 && bytes > batchBytes
  })
  return outgoing.slice(0, end === -1 ? batchEvents : end)
}
