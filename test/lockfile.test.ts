import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Locked = {
  version: string
  resolved?: string // left out where it is the registry's own address
  integrity?: string
  link?: boolean
  hasInstallScript?: boolean
  optional?: boolean
  os?: string[]
  optionalDependencies?: Record<string, string>
}

const text = readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')
const lock = new Map(Object.entries<Locked>(JSON.parse(text).packages))

// npm leaves out what its registry did not have when the lock was written, and `npm ci` then refuses the lock.
test('the lock file holds the packages of every platform', () => {
  const missing = [...lock].flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(name => !within(path).some(folder => lock.has(`${folder}node_modules/${name}`)))
      .map(name => `${name}, for ${path}`),
  )
  expect(missing).toEqual([])
})

/** Where a package's own packages are looked for: below itself, below those around it, at the root. */
function within(path: string): string[] {
  const parts = path.split('/node_modules/')
  return [...parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/`), '']
}

// Tools for other systems have none: the registry where the lock was written does not have them (SECURITY.md).
test('every package of the lock file has its SHA-512, but for tools of other systems', () => {
  const packages = [...lock].filter(([path, { link }]) => path !== '' && !link)
  const bare = packages.filter(([, { integrity }]) => integrity === undefined)
  expect(bare.filter(([, { optional, os }]) => !(optional && os !== undefined)).map(([path]) => path)).toEqual([])
  const others = bare.filter(([path]) => !/^(.*\/)?node_modules\/@(biomejs\/cli|cloudflare\/workerd)-/.test(path))
  expect(others.map(([path]) => path)).toEqual([])
  const weak = packages.filter(([, { integrity = 'sha512-' }]) => !integrity.startsWith('sha512-'))
  expect(weak.map(([path]) => path)).toEqual([])
})

test('no package comes from anywhere but a registry', () => {
  const resolved = [...lock.values()].flatMap(({ resolved }) => resolved ?? [])
  expect(resolved.filter(address => !address.startsWith('https://'))).toEqual([])
})

test('of every package that wants to run code when it is installed, package.json says whether it may', () => {
  const { allowScripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const wanting = [...lock].filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameAt(path))
  expect(wanting.filter(name => typeof allowScripts[name] !== 'boolean')).toEqual([])
  expect(Object.keys(allowScripts).filter(name => allowScripts[name])).toEqual(['node', 'workerd', 'esbuild'])
})

/** `node_modules/a/node_modules/@b/c` is a copy of `@b/c`. */
function nameAt(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
