import { relative, sep } from 'node:path'
import { watch } from 'chokidar'
import type { Ignored } from './ignored.ts'

/** Stops looking. */
export type Stop = () => Promise<void>

/** Calls `stirs` with the path of each file below `root` that may have changed; resolves once nothing is missed. */
export async function watchFiles(root: string, ignored: Ignored, stirs: (path: string) => void): Promise<Stop> {
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

/** Calls `stirs` whenever one of these files or folders changes, also one that is not there yet. */
export async function watchSigns(signs: readonly string[], stirs: () => void): Promise<Stop> {
  const watcher = watch([...signs], { ignoreInitial: true, ignorePermissionErrors: true, ignored: /\.lock$/ })
  watcher.on('all', stirs)
  await ready(watcher)
  return () => watcher.close()
}

function ready(watcher: ReturnType<typeof watch>): Promise<void> {
  return new Promise((resolve, reject) => {
    watcher.once('ready', resolve)
    watcher.once('error', reject)
  })
}
