import type { Publication } from '../../protocol/publications.ts'
import { allPaths, type Folder } from './folder.ts'
import type { Repository } from './git.ts'
import type { Memory } from './memory.ts'
import { Stirred } from './stirred.ts'
import type { Teller } from './teller.ts'
import { readTree } from './tree.ts'
import { type Stop, watchFiles, watchGit } from './watcher.ts'

type Watched = {
  folder: Folder
  memory: Memory
  repository: Repository | null
  teller: Teller
  told(publications: Publication[]): void
  watching(): void // from now on nothing is missed
  signal: AbortSignal
}

const gitSign = '.git/' // no file is called that: something about git changed

/** Tells of whatever stirs in a folder, until the signal. */
export async function keepTelling({ folder, memory, repository, teller, told, watching, signal }: Watched) {
  const stirred = new Stirred()
  const stops: Stop[] = []
  signal.addEventListener('abort', () => stirred.end(), { once: true })
  const stir = (path: string) => stirred.add(path)
  try {
    if (repository !== null) stops.push(await watchGit(repository.folders, () => stirred.add(gitSign)))
    let stopFiles = await watchFolder(folder, stir)
    stops.push(() => stopFiles())
    told(await teller.tell(await allPaths(folder, memory)))
    watching()
    for (let paths = await stirred.take(); !signal.aborted; paths = await stirred.take()) {
      paths.delete(gitSign)
      if (changesRules(paths)) {
        // Other rules: other folders to look at, in which something may have changed while nobody looked.
        await stopFiles()
        stopFiles = await watchFolder(folder, stir)
        paths = await allPaths(folder, memory)
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

async function watchFolder({ root, patterns }: Folder, stirs: (path: string) => void): Promise<Stop> {
  const { ignored } = await readTree(root, patterns)
  return watchFiles(root, ignored, stirs)
}

function changesRules(paths: Set<string>): boolean {
  return [...paths].some(path => path.split('/').at(-1) === '.gitignore')
}
