// Builds the page (src/web → dist/web) when a source is newer than the last build. `wrangler` calls this as well.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { install, main, node, root, run, tool } from './toolchain.mjs'

const built = join(root, 'dist/web/index.html')
const sources = [
  'src/web',
  'src/client',
  'src/protocol',
  'package-lock.json',
  'vite.config.ts',
  'scripts/compact-words.mjs',
]

/** Builds the page if needed; resolves with an exit code. */
export async function build() {
  if (existsSync(built) && newest(sources.map(path => join(root, path))) <= statSync(built).mtimeMs) return 0
  return run(node, [tool('vite', 'bin/vite.js'), 'build', '--logLevel', 'warn'], { NODE_ENV: 'production' })
}

/** The time of the latest change below these paths, in ms since the Unix epoch; 0 if none of them exists. */
function newest(paths) {
  return Math.max(
    0,
    ...paths.filter(existsSync).map(path => {
      const stat = statSync(path)
      return stat.isDirectory()
        ? Math.max(stat.mtimeMs, newest(readdirSync(path).map(name => join(path, name))))
        : stat.mtimeMs
    }),
  )
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    await install()
    return build()
  })
}
