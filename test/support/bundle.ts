import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { node, root, run, tool } from '../../scripts/toolchain.mjs'

/**
 * Bundles the Worker as a deploy would, or another in its place, so that a server that is started often is bundled only
 * once.
 */
export async function bundle(main = 'src/worker.ts'): Promise<AsyncDisposable & { script: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'circles-bundle-'))
  const args = [tool('wrangler', 'bin/wrangler.js'), 'deploy', resolve(root, main), '--dry-run', '--outdir', folder]
  const code = await run(node, args, { WRANGLER_LOG: 'warn' })
  if (code !== 0) throw new Error(`wrangler deploy --dry-run ended with ${code}`)
  return {
    script: join(folder, `${basename(main, '.ts')}.js`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
