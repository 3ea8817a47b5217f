import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/toolchain.mjs'

// Where each package is installed: wrangler brings the workerd that is used, the other subjects have a folder of their own.
const packages = {
  workerd: ['node_modules/wrangler/node_modules', 'node_modules'],
  wrangler: ['node_modules'],
  partyserver: ['bench/node_modules'],
  agents: ['bench/node_modules'],
  ws: ['bench/node_modules', 'node_modules'],
  'socket.io': ['bench/node_modules'],
  bun: ['bench/node_modules'],
}

/** Returns the installed versions of what is measured. */
export function versions(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(packages).flatMap(([name, folders]) => {
      const file = folders.map(folder => join(root, folder, name, 'package.json')).find(existsSync)
      return file === undefined ? [] : [[name, JSON.parse(readFileSync(file, 'utf8')).version as string]]
    }),
  )
}
