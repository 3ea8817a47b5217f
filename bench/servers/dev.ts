import { join } from 'node:path'
import { node, root, tool } from '../../scripts/toolchain.mjs'
import { writeWranglerConfig } from './bundle.ts'
import { freePort, type ServerCommand } from './launch.ts'

/** A bundle for `wrangler dev`, with its objects or a project's own configuration. */
export type DevProject = { script: string; objects: Record<string, string> } | { script: string; config: string }

/** Prepares a Worker as developers run it: behind the proxy of `wrangler dev`. */
export async function serveDev(
  project: DevProject,
  settings: Record<string, string>,
  folder: string,
): Promise<ServerCommand> {
  const port = await freePort()
  const config =
    'config' in project
      ? join(root, project.config)
      : await writeWranglerConfig(project.script, project.objects, folder)
  const vars = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const args = ['--no-bundle', '--config', config, '--ip', '127.0.0.1', '--port', `${port}`, '--inspector-port', '0']
  const command = [node, tool('wrangler', 'bin/wrangler.js'), 'dev', project.script, ...args, ...vars]
  return {
    command: [...command, '--persist-to', join(folder, 'state')],
    env: { WRANGLER_REGISTRY_PATH: join(folder, 'registry') },
    folder: 'config' in project ? root : folder, // its own build runs here
    port,
  }
}
