import { expect, test } from 'vitest'
import { readSource, readSources, type Source, sourceFolder } from './support/source.ts'

// docs/architecture.md says why; this holds it. A house is a folder of src, or a file that stands directly in it.

/** Which other houses a house may import from. A house that is not listed does not belong here. */
const mayImport = new Map<string, readonly string[]>([
  ['protocol', []],
  ['lib', []],
  ['auth', ['protocol', 'lib']],
  ['rpc', ['protocol', 'auth']],
  ['env.ts', ['protocol', 'auth', 'rpc']],
  ['stubs.ts', ['protocol', 'rpc', 'env.ts']],
  ['agents', ['protocol', 'lib', 'env.ts']],
  ['deployment', ['protocol', 'lib', 'auth', 'rpc', 'env.ts', 'stubs.ts']],
  ['rooms', ['protocol', 'lib', 'auth', 'rpc', 'env.ts', 'stubs.ts', 'agents', 'deployment']],
  ['queue', ['protocol', 'lib', 'auth', 'rpc', 'env.ts', 'stubs.ts']],
  ['http', ['protocol', 'lib', 'auth', 'rpc', 'env.ts', 'stubs.ts', 'rooms', 'agents', 'deployment', 'queue']],
  ['worker.ts', ['agents', 'deployment', 'rooms', 'queue', 'http']],
  ['client', ['protocol']],
  ['web', ['protocol', 'client']],
  ['cli', ['protocol', 'client']],
])

/** Files that may hold sockets, bindings and alarms: the only ones to import `cloudflare:*` as a value. */
const shells = [
  /^worker\.ts$/,
  /^deployment\/\w+\/object\.ts$/,
  /^rooms\/object\/channel-object/,
  /^agents\/kit\/entrypoint-workerd\.ts$/,
]

/** Files that may read the clock, throw dice, wait or print: those that touch the world for the others. */
const worldly = [
  ...shells,
  /^agents\/(run-turn|kit\/serve-turn|kit\/model)\.ts$/,
  /^rooms\/object\/(alarm-scheduler|background-tasks|components|room-host)\.ts$/,
  /^rooms\/outbound\/(agent-activity)\.ts$/,
  /^(http|cli|web)\//,
  /^client\/platform\.ts$/,
]

const sources = readSources(sourceFolder)
const matches = (patterns: RegExp[], path: string) => patterns.some(pattern => pattern.test(path))
const houseOf = (path: string) => path.split('/', 1)[0] ?? path
const isOurs = (from: string) => /\.tsx?$/.test(from)

test('the sources are where this test looks for them', () => {
  expect(sources.map(source => source.path)).toContain('protocol/channels.ts')
})

test('houses import only from the houses they may', () => {
  const wrong = sources.flatMap(({ path, imports }) => {
    const house = houseOf(path)
    const allowed = mayImport.get(house)
    if (!allowed) return [`${path}: no house is called ${house}`]
    return imports
      .filter(({ from }) => isOurs(from) && houseOf(from) !== house && !allowed.includes(houseOf(from)))
      .map(({ from }) => `${path} imports ${from}`)
  })
  expect(wrong).toEqual([])
})

test('the protocol imports zod and nothing else from outside', () => {
  const foreign = sources
    .filter(({ path }) => houseOf(path) === 'protocol')
    .flatMap(({ path, imports }) => imports.map(({ from }) => ({ path, from })))
    .filter(({ from }) => !isOurs(from) && from !== 'zod')
  expect(foreign).toEqual([])
})

test('only shells import the runtime as a value', () => {
  const wrong = sources
    .filter(({ path }) => !matches(shells, path))
    .filter(({ imports }) => imports.some(({ from, typeOnly }) => from.startsWith('cloudflare:') && !typeOnly))
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('the room and all it imports load in plain node', () => {
  const loaded = reachable('rooms/room.ts')
  expect(loaded).toContain('protocol/events.ts')
  expect(loaded.filter(path => matches(shells, path))).toEqual([])
})

test('no clock, chance, timer or console outside the files that touch the world', () => {
  const wrong = sources
    .filter(({ path, reaches }) => reaches.length > 0 && !matches(worldly, path))
    .map(({ path, reaches }) => `${path}: ${reaches.join(', ')}`)
  expect(wrong).toEqual([])
})

test('no file is longer than 400 lines', () => {
  expect(sources.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
})

test('a source is read by a parser: types, re-exports and lazy imports told apart, comments and strings not read', () => {
  const text = `
    import type { A } from 'cloudflare:workers'
    import { b } from '../lib/b.ts'
    export { c } from './c.ts'
    // Date.now() in a comment, 'Math.random()' in a string
    const text = 'Math.random() setTimeout()'
    const later = () => import('./d.ts')
    setTimeout(() => console.log(Date.now(), new Date(), new Date(5), text), globalThis.setInterval)
  `
  expect(readSource('rooms/a.ts', text)).toEqual({
    path: 'rooms/a.ts',
    lines: 8,
    imports: [
      { from: 'cloudflare:workers', typeOnly: true },
      { from: 'lib/b.ts', typeOnly: false },
      { from: 'rooms/c.ts', typeOnly: false },
      { from: 'rooms/d.ts', typeOnly: false },
    ],
    reaches: ['setTimeout', 'console.log', 'Date.now', 'new Date()', 'globalThis.setInterval'],
  })
})

/** The file and everything it loads at run time, directly or through others. */
function reachable(path: string): string[] {
  const byPath = new Map<string, Source>(sources.map(source => [source.path, source]))
  const seen = new Set<string>()
  const visit = (next: string) => {
    if (seen.has(next) || !byPath.has(next)) return
    seen.add(next)
    for (const { from, typeOnly } of byPath.get(next)?.imports ?? []) if (!typeOnly) visit(from)
  }
  visit(path)
  return [...seen]
}
