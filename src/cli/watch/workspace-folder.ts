import { realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { mapConcurrent } from '../concurrency.ts'
import { CliError } from '../exit-codes.ts'
import type { Progress } from '../terminal.ts'
import { fingerprint } from './fingerprint.ts'
import { readTree } from './tree.ts'
import type { WatchState } from './watch-state.ts'

const filesAtOnce = 16

/** A folder that is watched, and the patterns to ignore besides its own rules. */
export type WorkspaceFolder = { root: string; patterns: readonly string[] }

/** The folder at this path, by its real path. */
export async function openFolder(path: string, patterns: readonly string[]): Promise<WorkspaceFolder> {
  const absolute = resolve(path)
  const found = await stat(absolute).catch(() => null)
  if (!found?.isDirectory()) throw new CliError('usage', `There is no folder ${absolute}.`)
  return { root: await realpath(absolute), patterns }
}

/** The state of a folder that is watched for the first time: what is there already is not published. */
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

/** Every path that may have changed: the files that are there, and those that were published but have gone. */
export async function listPaths({ root, patterns }: WorkspaceFolder, state: WatchState): Promise<Set<string>> {
  const paths = new Set((await readTree(root, patterns)).paths)
  const missing = [...state.files.keys()].filter(path => !paths.has(path))
  const gone = await mapConcurrent(missing, filesAtOnce, async path => {
    if ((await stat(join(root, path)).catch(() => null)) === null) return [path]
    state.files.delete(path) // it is ignored now: neither its changes nor this are published
    return []
  })
  return paths.union(new Set(gone.flat()))
}
