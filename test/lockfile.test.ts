import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Locked = {
  version: string
  resolved?: string // absent for the registry's own address
  integrity?: string
  link?: boolean
  hasInstallScript?: boolean
  optional?: boolean
  os?: string[]
  optionalDependencies?: Record<string, string>
}

const text = readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')
const lock = new Map(Object.entries<Locked>(JSON.parse(text).packages))

// npm omits packages that its registry did not have when the lock was written, and `npm ci` then refuses the lock.
test('the lock file holds the packages of every platform', () => {
  const missing = [...lock].flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(name => !within(path).some(folder => lock.has(`${folder}node_modules/${name}`)))
      .map(name => `${name}, for ${path}`),
  )
  expect(missing).toEqual([])
})

/** The folders in which a package's dependencies are resolved: below itself, below its parents, at the root. */
function within(path: string): string[] {
  const parts = path.split('/node_modules/')
  return [...parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/`), '']
}

// Tools for other systems have none: the registry used to write the lock does not have them (SECURITY.md).
test('every package of the lock file has its SHA-512, except tools for other systems', () => {
  const packages = [...lock].filter(([path, { link }]) => path !== '' && !link)
  const bare = packages.filter(([, { integrity }]) => integrity === undefined)
  expect(bare.filter(([, { optional, os }]) => !(optional && os !== undefined)).map(([path]) => path)).toEqual([])
  const others = bare.filter(([path]) => !/^(.*\/)?node_modules\/@(biomejs\/cli|cloudflare\/workerd)-/.test(path))
  expect(others.map(([path]) => path)).toEqual([])
  const weak = packages.filter(([, { integrity = 'sha512-' }]) => !integrity.startsWith('sha512-'))
  expect(weak.map(([path]) => path)).toEqual([])
})

test('every package comes from a registry', () => {
  const resolved = [...lock.values()].flatMap(({ resolved }) => resolved ?? [])
  expect(resolved.filter(address => !address.startsWith('https://'))).toEqual([])
})

test('package.json allows or forbids every package that has an install script', () => {
  const { allowScripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const withScripts = [...lock].filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameAt(path))
  expect(withScripts.filter(name => typeof allowScripts[name] !== 'boolean')).toEqual([])
  expect(Object.keys(allowScripts).filter(name => allowScripts[name])).toEqual(['node', 'workerd', 'esbuild'])
})

/** `node_modules/a/node_modules/@b/c` is a copy of `@b/c`. */
function nameAt(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
