import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { type RetiredName, retiredNames, storedNames } from './retired-names.ts'
import { declaredNames, exportedDeclarations } from './support/declarations.ts'

// Names of files and of everything a program declares, read with a parser. Text, comments and keys of objects, which may
// be on the wire, do not count.

const root = join(import.meta.dirname, '..')
const files = ['src', 'bench', 'test', 'scripts'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map(entry => relative(root, join(entry.parentPath, entry.name))),
)

/** Returns a finding for every retired name in a file: its place and the name to use instead. */
function retiredIn(path: string, text: string): string[] {
  const file = basename(path).replace(/(\.(workerd|server|browser))?(\.test)?\.(tsx?|mjs)$/, '')
  if (file.includes('compat')) return [] // these publish the names of 0.1 until 0.2
  const words = new Set(text.match(/\w+/g)) // most files contain no candidate and need no parser
  const candidates = retiredNames.filter(({ kind, name, area }) => {
    return (kind === 'file' ? name === file : words.has(name)) && isIn(area, path) && !isStored(name, path)
  })
  if (candidates.length === 0) return []
  const report = (kind: RetiredName['kind'], name: string, where: string) =>
    candidates
      .filter(candidate => candidate.kind === kind && candidate.name === name)
      .map(({ use }) => `${where}: ${name}, use ${use}`)
  return [
    ...report('file', file, path),
    ...declaredNames(path, text).flatMap(({ name, line }) => report('declared', name, `${path}:${line}`)),
    ...exportedDeclarations(path, text).flatMap(({ name }) => report('exported', name, path)),
  ]
}

function isStored(name: string, path: string): boolean {
  return storedNames.get(path)?.includes(name) ?? false
}

/** Returns whether a file is in an area: a folder of src and its tests, or another folder. */
function isIn(area: string, path: string): boolean {
  return area === '' || ['', 'src/', 'test/'].some(parent => path.startsWith(`${parent}${area}/`))
}

const findings = files.flatMap(path => retiredIn(path, readFileSync(join(root, path), 'utf8')))

test('no file or declaration has a name that was replaced by a standard term', () => {
  expect(files).toContain('src/rooms/room.ts')
  expect(findings).toEqual([])
})

test('each name is listed once per area and kind, and no replacement is itself retired there', () => {
  const key = ({ name, area, kind }: RetiredName) => `${kind} ${area} ${name}`
  expect(retiredNames.map(key).filter((one, index, all) => all.indexOf(one) !== index)).toEqual([])
  const chained = retiredNames.filter(({ use, area, kind }) =>
    retiredNames.some(other => other.name === use && other.kind === kind && (other.area === area || other.area === '')),
  )
  expect(chained).toEqual([])
})

test('each stored name is still declared in its file', () => {
  const declared = [...storedNames.keys()].map(path => {
    const names = declaredNames(path, readFileSync(join(root, path), 'utf8')).map(({ name }) => name)
    return [path, storedNames.get(path)?.filter(name => names.includes(name))]
  })
  expect(declared).toEqual([...storedNames])
})

test.each([
  ['a variable', 'src/rooms/a.ts', 'const heard = 1', ['src/rooms/a.ts:1: heard, use received']],
  ['a class', 'src/rooms/a.ts', '\nclass Witness {}', ['src/rooms/a.ts:2: Witness, use ChannelMetrics']],
  ['a type', 'test/cli/a.ts', 'type Told = 1', ['test/cli/a.ts:1: Told, use Sent']],
  ['a parameter', 'src/lib/a.ts', '(told: 1) => told', ['src/lib/a.ts:1: told, use sent']],
  ['a destructured name', 'src/lib/a.ts', 'const { a: [told] } = b', ['src/lib/a.ts:1: told, use sent']],
  ['a private member', 'src/lib/a.ts', 'class A { #told = 1 }', ['src/lib/a.ts:1: told, use sent']],
  ['a method', 'src/lib/a.ts', 'class A { told() {} }', ['src/lib/a.ts:1: told, use sent']],
  ['a key of a type', 'src/lib/a.ts', 'type A = { told: 1 }', ['src/lib/a.ts:1: told, use sent']],
  ['an import under another name', 'src/lib/a.ts', "import { a as told } from 'b'", ['src/lib/a.ts:1: told, use sent']],
  ['a file', 'src/rooms/door.ts', '', ['src/rooms/door.ts: door, use access']],
  ['a test', 'test/rooms/door.workerd.test.ts', '', ['test/rooms/door.workerd.test.ts: door, use access']],
  ['an export', 'src/lib/a.ts', 'export function describe() {}', ['src/lib/a.ts: describe, use formatError']],
  ['an export below', 'src/lib/a.ts', 'const fault = 1\nexport { fault }', ['src/lib/a.ts: fault, use faultRecord']],
  ['a local name that only exports may not have', 'src/lib/a.ts', 'const fault = 1', []],
  ['a key on the wire, text and comments', 'src/rooms/a.ts', "const a = { told: 'told', b: c.told } // told", []],
  ['another area', 'src/web/a.ts', 'class Log {}', []],
  [
    'a stored key',
    'src/rooms/sessions/typing.ts',
    'type Entry = { told: 1, heard: 1 }',
    ['src/rooms/sessions/typing.ts:1: heard, use received'],
  ],
  ['a published name', 'src/client/compat.ts', 'export type Said = 1', []],
])('%s', (_, path, text, findings) => {
  expect(retiredIn(path, text)).toEqual(findings)
})
