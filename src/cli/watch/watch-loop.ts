import type { Publication } from '../../protocol/commands/publish-schema.ts'
import type { ChangePublisher } from './change-publisher.ts'
import { Debouncer } from './debouncer.ts'
import type { WatchRules } from './watch-rules.ts'
import { type Stop, watchFiles, watchGit, watchRuleFiles } from './watcher.ts'
import type { WorkspaceFolder } from './workspace-folder.ts'

/** What the loop watches, and who it informs. */
type WatchLoopOptions = {
  folder: WorkspaceFolder
  publisher: ChangePublisher
  onPublished(publications: Publication[]): void
  onReady(): void // no change is missed from now on
  signal: AbortSignal
}

// No file has these names.
const gitMarker = '.git/' // something about git changed
const rulesMarker = '.git/rules/' // rules outside the folder changed

/** Publishes the changes in a folder until the signal. */
export async function runWatchLoop(options: WatchLoopOptions): Promise<void> {
  const { folder, publisher, onPublished, onReady, signal } = options
  const changes = new Debouncer()
  const files = new WatchedFiles(folder, path => changes.add(path))
  const stops: Stop[] = [() => files.stop()]
  signal.addEventListener('abort', () => changes.end(), { once: true })
  try {
    stops.push(...(await watchRepository(folder, changes)))
    await files.start()
    onPublished(await publisher.publishChanges(null))
    onReady()
    for (let paths = await changes.take(); !signal.aborted; paths = await changes.take()) {
      const isWider = (mayChangeRules(paths) || publisher.sawIgnored) && (await files.update())
      const all = isWider || paths.has(rulesMarker) || changesRules(paths)
      for (const marker of [gitMarker, rulesMarker]) paths.delete(marker)
      onPublished(await publisher.publishChanges(all ? null : paths))
    }
  } catch (error) {
    if (!signal.aborted) throw error // else we were stopped: what was not confirmed is published the next time
  } finally {
    changes.end()
    for (const stop of stops) await stop()
  }
}

async function watchRepository({ repository }: WorkspaceFolder, changes: Debouncer): Promise<Stop[]> {
  if (repository === null) return []
  return Promise.all([
    watchGit(repository.folders, () => changes.add(gitMarker)),
    watchRuleFiles(repository.ruleFiles, () => changes.add(rulesMarker)),
  ])
}

/** The watched files of a folder, by its rules as they are now. */
class WatchedFiles {
  readonly #folder: WorkspaceFolder
  readonly #onChange: (path: string) => void
  #rules: WatchRules | null = null
  #stop: Stop | null = null

  constructor(folder: WorkspaceFolder, onChange: (path: string) => void) {
    this.#folder = folder
    this.#onChange = onChange
  }

  async start(): Promise<void> {
    this.#rules = await this.#folder.watchRules()
    await this.#watch()
  }

  /** Takes the rules as they are now. Resolves with true if there is more to watch: some changes may have been missed. */
  async update(): Promise<boolean> {
    const earlier = this.#rules
    this.#rules = await this.#folder.watchRules()
    if (earlier === null || !(await this.#rules.areWiderThan(earlier))) return false
    await this.stop()
    await this.#watch()
    return true
  }

  async stop(): Promise<void> {
    await this.#stop?.()
    this.#stop = null
  }

  async #watch(): Promise<void> {
    const ignores = (path: string) => this.#rules?.ignores(path) ?? false
    this.#stop = await watchFiles(this.#folder.root, ignores, this.#onChange)
  }
}

function mayChangeRules(paths: ReadonlySet<string>): boolean {
  return paths.has(gitMarker) || paths.has(rulesMarker) || changesRules(paths)
}

function changesRules(paths: ReadonlySet<string>): boolean {
  return [...paths].some(path => path.split('/').at(-1)?.toLowerCase() === '.gitignore')
}
