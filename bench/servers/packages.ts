import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../../scripts/toolchain.mjs'

const folder = join(root, 'bench')

/** Installs the packages of the other subjects (bench/package-lock.json), unless they are installed. */
export async function installPackages(): Promise<void> {
  if (isInstalled()) return
  console.log('Installing the packages of the other subjects (bench/package-lock.json) …')
  const args = ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath
  const code = npm ? await run(process.execPath, [npm, ...args]) : await run('npm', args)
  if (code !== 0 || !isInstalled()) throw new Error(`npm ci in bench/ exited with ${code}; see above`)
}

function isInstalled(): boolean {
  const { dependencies } = readManifest(join(folder, 'package.json'))
  return Object.entries(dependencies ?? {}).every(([name, version]) => {
    const file = join(folder, 'node_modules', name, 'package.json')
    return existsSync(file) && readManifest(file).version === version
  })
}

function readManifest(file: string): { version?: string; dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(file, 'utf8'))
}
