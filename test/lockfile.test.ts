import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Locked = { version: string; optionalDependencies?: Record<string, string> }

// npm leaves out what its registry did not have when the lock was written, and `npm ci` then refuses the lock.
test('the lock file holds the packages of every platform', () => {
  const text = readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')
  const packages = new Map(Object.entries<Locked>(JSON.parse(text).packages))
  const missing = [...packages].flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(name => !within(path).some(folder => packages.has(`${folder}node_modules/${name}`)))
      .map(name => `${name}, for ${path}`),
  )
  expect(missing).toEqual([])
})

/** Where a package's own packages are looked for: below itself, below those around it, at the root. */
function within(path: string): string[] {
  const parts = path.split('/node_modules/')
  return [...parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/`), '']
}
