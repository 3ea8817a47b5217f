import { relative, sep } from 'node:path'
import { watch } from 'chokidar'
import { CliError } from '../exit-codes.ts'

/** Stops a watcher. */
export type Stop = () => Promise<void>

/**
 * Calls `onChange` with the path of each file below `root` that may have changed, but for those that are ignored; a
 * folder's path ends in `/`. Resolves once it misses none.
 */
export async function watchFiles(
  root: string,
  ignores: (path: string) => boolean,
  onChange: (path: string) => void,
): Promise<Stop> {
  const pathOf = (absolute: string) => relative(root, absolute).split(sep).join('/')
  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    // Called first without and then with `stats`: only then is it known whether the path is a folder.
    ignored: (absolute, stats) => {
      const path = pathOf(absolute)
      return path !== '' && !isOutside(path) && ignores(stats?.isDirectory() ? `${path}/` : path)
    },
  })
  watcher.on('all', (event, absolute) => {
    const path = pathOf(absolute)
    if ((event === 'add' || event === 'change' || event === 'unlink') && !ignores(path)) onChange(path)
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
        return path !== '' && !isOutside(path) && (!statusFiles.test(path) || path.endsWith('.lock'))
      },
    }).on('all', onChange),
  )
  await Promise.all(watchers.map(ready))
  return async () => void (await Promise.all(watchers.map(watcher => watcher.close())))
}

/** Calls `onChange` when one of these files is written, made or removed. */
export async function watchRuleFiles(files: readonly string[], onChange: () => void): Promise<Stop> {
  const watcher = watch([...files], { ignoreInitial: true, ignorePermissionErrors: true }).on('all', onChange)
  await ready(watcher)
  return () => watcher.close()
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../')
}

const limits: ReadonlySet<unknown> = new Set(['ENOSPC', 'EMFILE', 'ENFILE'])

/** Waits until everything is watched. One odd file is no reason to end; the system's limit is. */
function ready(watcher: ReturnType<typeof watch>): Promise<void> {
  return new Promise((resolve, reject) => {
    watcher.once('ready', resolve)
    watcher.on('error', error => {
      if (error instanceof Error && 'code' in error && limits.has(error.code))
        reject(new CliError('failed', `This system watches no more files (${error.code}). Ignore some with --ignore.`))
    })
  })
}
