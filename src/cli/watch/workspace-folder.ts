import { realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { mapConcurrent } from '../concurrency.ts'
import { CliError } from '../exit-codes.ts'
import type { Progress } from '../terminal.ts'
import { fingerprint } from './fingerprint.ts'
import { readTree } from './tree.ts'
import type { WatchState } from './watch-state.ts'

const filesAtOnce = 16

/** A folder that is watched, and the patterns of what is left out of it besides its own rules. */
export type WorkspaceFolder = { root: string; patterns: readonly string[] }

/** The folder at this path, by its real name. */
export async function openFolder(path: string, patterns: readonly string[]): Promise<WorkspaceFolder> {
  const absolute = resolve(path)
  const found = await stat(absolute).catch(() => null)
  if (!found?.isDirectory()) throw new CliError('usage', `There is no folder ${absolute}.`)
  return { root: await realpath(absolute), patterns }
}

/** What is there when a folder is watched for the first time is not news: it is only remembered. */
export async function takeBaseline({ root, patterns }: WorkspaceFolder, progress: Progress): Promise<WatchState> {
  const { paths } = await readTree(root, patterns)
  let done = 0
  const files = await mapConcurrent(paths, filesAtOnce, async path => {
    const print = await fingerprint(join(root, path))
    progress.at(++done, paths.length)
    return print === null ? [] : [[path, print] as const]
  })
  progress.end()
  return { files: new Map(files.flat()), git: null, outgoing: [] }
}

/** Every path of which something may have to be told: what is there, and what was there when it was last told of. */
export async function listPaths({ root, patterns }: WorkspaceFolder, memory: WatchState): Promise<Set<string>> {
  const paths = new Set((await readTree(root, patterns)).paths)
  const missing = [...memory.files.keys()].filter(path => !paths.has(path))
  const gone = await mapConcurrent(missing, filesAtOnce, async path => {
    if ((await stat(join(root, path)).catch(() => null)) === null) return [path]
    memory.files.delete(path) // it is left out now: nobody hears of it any more, nor that
    return []
  })
  return paths.union(new Set(gone.flat()))
}
