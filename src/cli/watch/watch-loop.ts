import type { Publication } from '../../protocol/publish-schema.ts'
import type { ChangePublisher } from './change-publisher.ts'
import { Debouncer } from './debouncer.ts'
import type { Repository } from './git.ts'
import { readTree } from './tree.ts'
import type { WatchState } from './watch-state.ts'
import { type Stop, watchFiles, watchGit } from './watcher.ts'
import { listPaths, type WorkspaceFolder } from './workspace-folder.ts'

type Watched = {
  folder: WorkspaceFolder
  memory: WatchState
  repository: Repository | null
  teller: ChangePublisher
  told(publications: Publication[]): void
  watching(): void // from now on nothing is missed
  signal: AbortSignal
}

const gitSign = '.git/' // no file is called that: something about git changed

/** Tells of whatever stirs in a folder, until the signal. */
export async function runWatchLoop({ folder, memory, repository, teller, told, watching, signal }: Watched) {
  const stirred = new Debouncer()
  const stops: Stop[] = []
  signal.addEventListener('abort', () => stirred.end(), { once: true })
  const stir = (path: string) => stirred.add(path)
  try {
    if (repository !== null) stops.push(await watchGit(repository.folders, () => stirred.add(gitSign)))
    let stopFiles = await watchFolder(folder, stir)
    stops.push(() => stopFiles())
    told(await teller.tell(await listPaths(folder, memory)))
    watching()
    for (let paths = await stirred.take(); !signal.aborted; paths = await stirred.take()) {
      paths.delete(gitSign)
      if (changesRules(paths)) {
        // Other rules: other folders to look at, in which something may have changed while nobody looked.
        await stopFiles()
        stopFiles = await watchFolder(folder, stir)
        paths = await listPaths(folder, memory)
      }
      told(await teller.tell(paths))
    }
  } catch (error) {
    if (!signal.aborted) throw error // else we were stopped: what was being told is kept, and told the next time
  } finally {
    stirred.end()
    for (const stop of stops) await stop()
  }
}

async function watchFolder({ root, patterns }: WorkspaceFolder, stirs: (path: string) => void): Promise<Stop> {
  const { ignored } = await readTree(root, patterns)
  return watchFiles(root, ignored, stirs)
}

function changesRules(paths: Set<string>): boolean {
  return [...paths].some(path => path.split('/').at(-1) === '.gitignore')
}
