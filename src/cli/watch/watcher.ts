import { relative, sep } from 'node:path'
import { watch } from 'chokidar'
import type { IgnoreRules } from './ignore-rules.ts'

/** Stops a watcher. */
export type Stop = () => Promise<void>

/** Calls `onChange` with the path of each file below `root` that may have changed. Resolves once it misses none. */
export async function watchFiles(root: string, rules: IgnoreRules, onChange: (path: string) => void): Promise<Stop> {
  const pathOf = (absolute: string) => relative(root, absolute).split(sep).join('/')
  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    // Called first without and then with `stats`: only then is it known whether the path is a folder.
    ignored: (absolute, stats) => {
      const path = pathOf(absolute)
      return path !== '' && !path.startsWith('..') && rules.ignores(stats?.isDirectory() ? `${path}/` : path)
    },
  })
  watcher.on('all', (event, absolute) => {
    if (event === 'add' || event === 'change' || event === 'unlink') onChange(pathOf(absolute))
  })
  await ready(watcher)
  return () => watcher.close()
}

// The files that change with commits, branches, the index, and a merge or rebase in progress.
const statusFiles = /^(HEAD|index|config|packed-refs|MERGE_HEAD|CHERRY_PICK_HEAD|rebase-merge|rebase-apply|refs)(\/|$)/

/** Calls `onChange` when something changes in git's own folders that may change the status of the repository. */
export async function watchGit(folders: readonly string[], onChange: () => void): Promise<Stop> {
  const watchers = folders.map(folder =>
    watch(folder, {
      ignoreInitial: true,
      ignorePermissionErrors: true,
      ignored: absolute => {
        const path = relative(folder, absolute).split(sep).join('/')
        return path !== '' && !path.startsWith('..') && (!statusFiles.test(path) || path.endsWith('.lock'))
      },
    }).on('all', onChange),
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
