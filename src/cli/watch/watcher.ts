import { relative, sep } from 'node:path'
import { watch } from 'chokidar'
import type { IgnoreRules } from './ignore-rules.ts'

/** Stops looking. */
export type Stop = () => Promise<void>

/** Calls `stirs` with the path of each file below `root` that may have changed; resolves once nothing is missed. */
export async function watchFiles(root: string, ignored: IgnoreRules, stirs: (path: string) => void): Promise<Stop> {
  const pathOf = (absolute: string) => relative(root, absolute).split(sep).join('/')
  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    // Asked first without and then with what is there: only then is a folder known to be one.
    ignored: (absolute, stats) => {
      const path = pathOf(absolute)
      return path !== '' && !path.startsWith('..') && ignored.has(stats?.isDirectory() ? `${path}/` : path)
    },
  })
  watcher.on('all', (event, absolute) => {
    if (event === 'add' || event === 'change' || event === 'unlink') stirs(pathOf(absolute))
  })
  await ready(watcher)
  return () => watcher.close()
}

// What tells of commits, branches, the index, and a merge or a rebase under way; the rest of git's folder is its own.
const signs = /^(HEAD|index|config|packed-refs|MERGE_HEAD|CHERRY_PICK_HEAD|rebase-merge|rebase-apply|refs)(\/|$)/

/** Calls `stirs` whenever something changes in git's own folders that says where a repository stands. */
export async function watchGit(folders: readonly string[], stirs: () => void): Promise<Stop> {
  const watchers = folders.map(folder =>
    watch(folder, {
      ignoreInitial: true,
      ignorePermissionErrors: true,
      ignored: absolute => {
        const path = relative(folder, absolute).split(sep).join('/')
        return path !== '' && !path.startsWith('..') && (!signs.test(path) || path.endsWith('.lock'))
      },
    }).on('all', stirs),
  )
  await Promise.all(watchers.map(ready))
  return async () => void (await Promise.all(watchers.map(watcher => watcher.close())))
}

function ready(watcher: ReturnType<typeof watch>): Promise<void> {
  return new Promise((resolve, reject) => {
    watcher.once('ready', resolve)
    watcher.once('error', reject)
  })
}
