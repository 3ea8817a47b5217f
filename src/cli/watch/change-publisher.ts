import { isDeepStrictEqual } from 'node:util'
import type { Publication } from '../../protocol/commands/publish-schema.ts'
import { mapConcurrent } from '../concurrency.ts'
import { changeOf, type FilePublication } from './changes.ts'
import { diffOf, type WithheldReason } from './diffs.ts'
import { FileReader } from './fingerprint.ts'
import type { WatchState } from './watch-state.ts'
import type { WorkspaceFolder } from './workspace-folder.ts'

const filesAtOnce = 16

/** What a ChangePublisher compares, and where the result goes. */
type ChangePublisherOptions = {
  folder: WorkspaceFolder
  state: WatchState
  withDiff: boolean
  save(state: WatchState): Promise<void>
  publish(batch: Publication[]): Promise<void> // resolves when the server has taken all of it
  onWithheld(path: string, reason: WithheldReason): void // a diff was not sent
}

/** Publishes how a folder differs from the state that was published last. */
export class ChangePublisher {
  readonly #options: ChangePublisherOptions
  /** True if a path of the last call is ignored. */
  sawIgnored = false

  constructor(options: ChangePublisherOptions) {
    this.#options = options
  }

  /** Publishes the changes of these files (null: of all) and of git. Resolves with them, once the server has them. */
  async publishChanges(paths: Iterable<string> | null): Promise<Publication[]> {
    const { state, save, publish } = this.#options
    const wasInterrupted = state.outgoing.length > 0 // an earlier run: its events go first, under their old ids
    const published: Publication[] = []
    if (wasInterrupted) await this.#dropIgnored()
    else await this.#queueChanges(paths)
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

  /** Forgets events of files that are ignored by now. */
  async #dropIgnored(): Promise<void> {
    const { state, folder } = this.#options
    const paths = state.outgoing.flatMap(({ type, data }) => (type === 'git_status' ? [] : [data.path]))
    const listed = await folder.listed(paths)
    state.outgoing = state.outgoing.filter(
      ({ type, data }) => type === 'git_status' || type === 'file_deleted' || listed.has(data.path),
    )
  }

  async #queueChanges(paths: Iterable<string> | null): Promise<void> {
    const { state, save, folder } = this.#options
    const listed = await folder.listed(paths === null ? null : [...paths])
    const candidates = paths === null ? listed.union(state.files) : new Set(paths)
    const reader = new FileReader(folder.root)
    this.sawIgnored = false
    const changes = await mapConcurrent([...candidates].sort(), filesAtOnce, path =>
      this.#change(path, listed.has(path), reader),
    )
    const status = await this.#gitStatus()
    state.outgoing = [...changes.filter(change => change !== null), ...(status === null ? [] : [status])]
    if (state.outgoing.length > 0) await save(state)
  }

  async #change(path: string, isListed: boolean, reader: FileReader): Promise<Publication | null> {
    const { state } = this.#options
    const before = state.files.get(path) ?? null
    const now = await reader.fingerprint(path, before)
    if (now !== null && !isListed) {
      this.sawIgnored = true
      state.files.delete(path) // neither its changes nor this are published
      return null
    }
    const change = changeOf(path, before, now, () => crypto.randomUUID())
    if (now !== null && change !== null) state.prints.set(change.id, now)
    if (change === null && now !== null) state.files.set(path, now) // only touched, or a path that cannot be published
    return change === null || change.type === 'file_deleted' ? change : this.#withDiff(change)
  }

  async #withDiff(change: FilePublication): Promise<FilePublication> {
    const { folder, withDiff, onWithheld } = this.#options
    if (!withDiff || folder.repository === null) return change
    const diff = await diffOf(folder.repository, change.data.path)
    if (diff !== null && 'withheld' in diff) onWithheld(change.data.path, diff.withheld)
    return diff !== null && 'diff' in diff ? { ...change, data: { ...change.data, diff: diff.diff } } : change
  }

  async #gitStatus(): Promise<Publication | null> {
    const { state, folder } = this.#options
    const status = await folder.gitStatus()
    if (status === null || isDeepStrictEqual(status, state.git)) return null
    return { id: crypto.randomUUID(), type: 'git_status', data: status }
  }

  #record({ id, type, data }: Publication): void {
    const { state } = this.#options
    const print = state.prints.get(id)
    state.prints.delete(id)
    if (type === 'git_status') state.git = data
    else if (type === 'file_deleted') state.files.delete(data.path)
    else if (print !== undefined) state.files.set(data.path, print)
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
