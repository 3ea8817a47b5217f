import { join } from 'node:path'
import { node, root, tool } from '../../scripts/toolchain.mjs'
import { configure } from './bundle.ts'
import { freePort, type Launch } from './launch.ts'

/** What `wrangler dev` is to serve: a bundle with its objects, or a project's own configuration. */
export type Developed = { script: string; objects: Record<string, string> } | { script: string; config: string }

/** The same Workers as their authors run them: behind the front of `wrangler dev`. */
export async function serveDev(
  developed: Developed,
  settings: Record<string, string>,
  folder: string,
): Promise<Launch> {
  const port = await freePort()
  const config =
    'config' in developed ? join(root, developed.config) : await configure(developed.script, developed.objects, folder)
  const vars = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const args = ['--no-bundle', '--config', config, '--ip', '127.0.0.1', '--port', `${port}`, '--inspector-port', '0']
  const command = [node, tool('wrangler', 'bin/wrangler.js'), 'dev', developed.script, ...args, ...vars]
  return {
    command: [...command, '--persist-to', join(folder, 'state')],
    env: { WRANGLER_REGISTRY_PATH: join(folder, 'registry') },
    folder: 'config' in developed ? root : folder, // where its own build is run
    port,
  }
}
