import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Publication } from '../../protocol/commands/publish-schema.ts'
import { mapConcurrent } from '../concurrency.ts'
import { changeOf } from './changes.ts'
import { diffOf, type WithheldReason } from './diffs.ts'
import { fingerprint } from './fingerprint.ts'
import type { Repository } from './git.ts'
import type { WatchState } from './watch-state.ts'

const filesAtOnce = 16

/** What a ChangePublisher compares, and where the result goes. */
type ChangePublisherOptions = {
  root: string
  state: WatchState
  repository: Repository | null
  withDiff: boolean
  save(state: WatchState): Promise<void>
  publish(batch: Publication[]): Promise<void> // resolves when the server has taken all of it
  onWithheld(path: string, reason: WithheldReason): void // a diff was not sent
}

/** Publishes how a folder differs from the state that was published last. */
export class ChangePublisher {
  readonly #options: ChangePublisherOptions

  constructor(options: ChangePublisherOptions) {
    this.#options = options
  }

  /** Publishes the changes of these files and of git. Resolves with them, once the server has them. */
  async publishChanges(paths: Iterable<string>): Promise<Publication[]> {
    const { state, save, publish } = this.#options
    const wasInterrupted = state.outgoing.length > 0 // an earlier run: its events go first, under their old ids
    const published: Publication[] = []
    if (!wasInterrupted) await this.#queueChanges(paths)
    while (state.outgoing.length > 0) {
      const batch = firstBatch(state.outgoing)
      await publish(batch)
      state.outgoing = state.outgoing.slice(batch.length)
      for (const publication of batch) this.#record(publication)
      await save(state)
      published.push(...batch)
    }
    return wasInterrupted ? [...published, ...(await this.publishChanges(paths))] : published
  }

  async #queueChanges(paths: Iterable<string>): Promise<void> {
    const { state, save } = this.#options
    const changes = await mapConcurrent([...paths].sort(), filesAtOnce, path => this.#change(path))
    const status = await this.#gitStatus()
    state.outgoing = [...changes.filter(change => change !== null), ...(status === null ? [] : [status])]
    if (state.outgoing.length > 0) await save(state)
  }

  async #change(path: string): Promise<Publication | null> {
    const { root, state, repository, withDiff, onWithheld } = this.#options
    const before = state.files.get(path) ?? null
    const now = await fingerprint(join(root, path), before ?? undefined)
    const change = changeOf(path, before, now, () => crypto.randomUUID())
    if (change === null && now !== null) state.files.set(path, now) // only touched, or a path that cannot be published
    if (change === null || change.type === 'file_deleted' || !withDiff || repository === null) return change
    const diff = await diffOf(repository, path)
    if (diff !== null && 'withheld' in diff) onWithheld(path, diff.withheld)
    return diff !== null && 'diff' in diff ? { ...change, data: { ...change.data, diff: diff.diff } } : change
  }

  async #gitStatus(): Promise<Publication | null> {
    const { state, repository } = this.#options
    const status = (await repository?.status()) ?? null
    if (status === null || isDeepStrictEqual(status, state.git)) return null
    return { id: crypto.randomUUID(), type: 'git_status', data: status }
  }

  #record({ type, data }: Publication): void {
    const { state } = this.#options
    if (type === 'git_status') state.git = data
    else if (type === 'file_deleted') state.files.delete(data.path)
    else {
      const { path, size = 0, mtime = '', sha256 = null } = data
      state.files.set(path, { size, mtime: Date.parse(mtime), sha256 })
    }
  }
}

const batchEvents = 100 // the most that the server takes in one request
const batchBytes = 200_000 // below the largest body that it takes

/** The first events that fit into one request. */
export function firstBatch(outgoing: readonly Publication[]): Publication[] {
  let bytes = 0
  const end = outgoing.slice(0, batchEvents).findIndex((publication, index) => {
    bytes += Buffer.byteLength(JSON.stringify(publication))
    return index > 0 && bytes > batchBytes
  })
  return outgoing.slice(0, end === -1 ? batchEvents : end)
}
