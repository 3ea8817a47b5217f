import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/house.mjs'

const packages = ['workerd', 'wrangler', 'ws', 'partyserver', 'agents', 'socket.io', 'bun']
const folders = ['bench/node_modules', 'node_modules/wrangler/node_modules', 'node_modules']

/** What was measured: the versions that are installed. */
export function versions(): Record<string, string> {
  return Object.fromEntries(
    packages.flatMap(name => {
      const file = folders.map(folder => join(root, folder, name, 'package.json')).find(existsSync)
      return file === undefined ? [] : [[name, JSON.parse(readFileSync(file, 'utf8')).version as string]]
    }),
  )
}
