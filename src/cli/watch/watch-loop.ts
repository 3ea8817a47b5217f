import type { Publication } from '../../protocol/commands/publish-schema.ts'
import type { ChangePublisher } from './change-publisher.ts'
import { Debouncer } from './debouncer.ts'
import type { Repository } from './git.ts'
import { readTree } from './tree.ts'
import type { WatchState } from './watch-state.ts'
import { type Stop, watchFiles, watchGit } from './watcher.ts'
import { listPaths, type WorkspaceFolder } from './workspace-folder.ts'

/** What the loop watches, and who it informs. */
type WatchLoopOptions = {
  folder: WorkspaceFolder
  state: WatchState
  repository: Repository | null
  publisher: ChangePublisher
  onPublished(publications: Publication[]): void
  onReady(): void // no change is missed from now on
  signal: AbortSignal
}

const gitMarker = '.git/' // no file has this name: something about git changed

/** Publishes the changes in a folder until the signal. */
export async function runWatchLoop(options: WatchLoopOptions): Promise<void> {
  const { folder, state, repository, publisher, onPublished, onReady, signal } = options
  const changes = new Debouncer()
  const stops: Stop[] = []
  signal.addEventListener('abort', () => changes.end(), { once: true })
  const onChange = (path: string) => changes.add(path)
  try {
    if (repository !== null) stops.push(await watchGit(repository.folders, () => changes.add(gitMarker)))
    let stopFiles = await watchFolder(folder, onChange)
    stops.push(() => stopFiles())
    onPublished(await publisher.publishChanges(await listPaths(folder, state)))
    onReady()
    for (let paths = await changes.take(); !signal.aborted; paths = await changes.take()) {
      paths.delete(gitMarker)
      if (changesRules(paths)) {
        // Other rules mean other folders to watch, in which something may have changed unnoticed.
        await stopFiles()
        stopFiles = await watchFolder(folder, onChange)
        paths = await listPaths(folder, state)
      }
      onPublished(await publisher.publishChanges(paths))
    }
  } catch (error) {
    if (!signal.aborted) throw error // else we were stopped: what was not confirmed is published the next time
  } finally {
    changes.end()
    for (const stop of stops) await stop()
  }
}

async function watchFolder({ root, patterns }: WorkspaceFolder, onChange: (path: string) => void): Promise<Stop> {
  const { rules } = await readTree(root, patterns)
  return watchFiles(root, rules, onChange)
}

function changesRules(paths: Set<string>): boolean {
  return [...paths].some(path => path.split('/').at(-1) === '.gitignore')
}
