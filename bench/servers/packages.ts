import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../../scripts/toolchain.mjs'

const folder = join(root, 'bench')

/** Installs what Circles is measured beside (bench/package-lock.json), unless it is there. */
export async function installPackages(): Promise<void> {
  if (installed()) return
  console.log('Installing the packages to compare with (bench/package-lock.json) …')
  const args = ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath
  const code = npm ? await run(process.execPath, [npm, ...args]) : await run('npm', args)
  if (code !== 0 || !installed()) throw new Error(`npm ci in bench/ ended with ${code}; see above`)
}

function installed(): boolean {
  const { dependencies } = read(join(folder, 'package.json'))
  return Object.entries(dependencies ?? {}).every(([name, version]) => {
    const file = join(folder, 'node_modules', name, 'package.json')
    return existsSync(file) && read(file).version === version
  })
}

function read(file: string): { version?: string; dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(file, 'utf8'))
}
