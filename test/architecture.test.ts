import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSource, readSources, type Source, sourceFolder } from './support/source.ts'

// A module is a folder of src, or a file directly in it. docs/architecture.md lists them and what each may import.

const mayImport = readLayout(readFileSync(join(sourceFolder, '../docs/architecture.md'), 'utf8'))

/** Files that may use sockets, bindings and alarms: the only ones to import `cloudflare:*` as a value. */
const runtimeFiles = [
  /^worker\.ts$/,
  /^(deployment\/\w+|connected|relay)\/object\.ts$/,
  /^rooms\/object\/channel-object/,
  /^lib\/workers-workerd\.ts$/,
]

/** Files that may use the clock, random numbers, timers and the console. */
const impureFiles = [
  /^server\/circles\.ts$/,
  ...runtimeFiles,
  /^agents\/(run-turn|kit\/(connect-agent|serve-turn|watchdog|model-stream|reply-text))\.ts$/,
  /^rooms\/object\/(alarm-scheduler|background-tasks|components|file-components|inbox-components|room-host|workspace-components)\.ts$/,
  /^rooms\/outbound\/agent-activity\.ts$/,
  /^(http|mcp|router|cli|web)\//,
  /^client\/platform\.ts$/,
]

const sources = readSources(sourceFolder)
const matches = (patterns: RegExp[], path: string) => patterns.some(pattern => pattern.test(path))
const moduleOf = (path: string) => path.split('/', 1)[0] ?? path
const isOurs = (from: string) => /\.tsx?$/.test(from)

test('this test finds the sources and the table', () => {
  expect(sources.map(source => source.path)).toContain('protocol/channels/channels.ts')
  expect(mayImport.get('auth')).toEqual(['protocol', 'lib'])
})

test('the table lists every module, and each may import only from those above it', () => {
  expect([...mayImport.keys()].toSorted()).toEqual([...new Set(sources.map(({ path }) => moduleOf(path)))].toSorted())
  const order = [...mayImport.keys()]
  const wrong = [...mayImport].flatMap(([name, imports]) =>
    imports.filter(other => !order.slice(0, order.indexOf(name)).includes(other)).map(other => `${name}: ${other}`),
  )
  expect(wrong).toEqual([])
})

test('modules import only from the modules in their row', () => {
  const wrong = sources.flatMap(({ path, imports }) => {
    const name = moduleOf(path)
    const allowed = mayImport.get(name) ?? []
    return imports
      .filter(({ from }) => isOurs(from) && moduleOf(from) !== name && !allowed.includes(moduleOf(from)))
      .map(({ from }) => `${path} imports ${from}`)
  })
  expect(wrong).toEqual([])
})

test('no files import each other in a cycle, types included', () => {
  expect(cyclesIn(importsByFile(sources))).toEqual([])
})

test.each([
  ['a chain', { a: ['b'], b: ['c'], c: [] }, []],
  ['a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ['two files', { a: ['b'], b: ['a'] }, [['a', 'b']]],
  ['a longer cycle with a tail', { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, [['b', 'c', 'd']]],
  [
    'two cycles',
    { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] },
    [
      ['c', 'd'],
      ['a', 'b'],
    ],
  ],
  ['an import of itself', { a: ['a'] }, [['a']]],
])('the search for cycles in %s', (_, graph: Record<string, string[]>, cycles) => {
  expect(cyclesIn(new Map(Object.entries(graph)))).toEqual(cycles)
})

test('the protocol imports no package but zod', () => {
  const foreign = sources
    .filter(({ path }) => moduleOf(path) === 'protocol')
    .flatMap(({ path, imports }) => imports.map(({ from }) => ({ path, from })))
    .filter(({ from }) => !isOurs(from) && from !== 'zod/v4')
  expect(foreign).toEqual([])
})

// As a namespace, so that a bundle holds only what is used of it. By the path that the AI SDK takes: pickle loads that on
// demand, and esbuild 0.28 then forgets to initialize zod for modules that import it by its other path.
test('zod is imported as a namespace, by one path', () => {
  const imports = sources.flatMap(({ path }) => textOf(path).match(/^(import|export) .* from 'zod(\/.*)?'$/gm) ?? [])
  const form = /^import (\* as z|type (\* as z|\{ z \})) from 'zod\/v4'$/
  expect(imports.filter(line => !form.test(line))).toEqual([])
  expect(imports.length).toBeGreaterThan(20)
})

test('only runtime files and the classes of agents import the runtime as a value', () => {
  const isRuntime = (from: string) => from.startsWith('cloudflare:') || from === '#workers'
  const wrong = sources
    .filter(({ path }) => !matches([...runtimeFiles, /^agents\/kit\/(circle-agent|compat)\.ts$/], path))
    .filter(({ imports }) => imports.some(({ from, typeOnly }) => isRuntime(from) && !typeOnly))
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('the room and all it imports load in plain node', () => {
  const loaded = reachable('rooms/room.ts')
  expect(loaded).toContain('protocol/events/events.ts')
  expect(loaded.filter(path => matches(runtimeFiles, path))).toEqual([])
})

test('only impure files use the clock, random numbers, timers or the console', () => {
  const wrong = sources
    .filter(({ path, reaches }) => reaches.length > 0 && !matches(impureFiles, path))
    .map(({ path, reaches }) => `${path}: ${reaches.join(', ')}`)
  expect(wrong).toEqual([])
})

test('no file that is written by hand is longer than 400 lines', () => {
  const isGenerated = (path: string) => path.endsWith('/generated.ts')
  expect(
    sources
      .filter(({ path, lines }) => lines > 400 && !isGenerated(path))
      .map(({ path, lines }) => `${path}: ${lines}`),
  ).toEqual([])
})

test('a Durable Object’s stub is cast in one place', () => {
  const casting = sources.filter(({ path }) => /getByName\(|\.idFromName\(/.test(textOf(path))).map(({ path }) => path)
  expect(casting).toEqual(['stubs.ts'])
})

test('the reader tells types, re-exports and dynamic imports apart, and ignores comments and strings', () => {
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

/** The rows of the table in docs/architecture.md: a module and the modules it may import. */
function readLayout(document: string): Map<string, string[]> {
  const rows = document.matchAll(/^\| `src\/([\w.-]+)` *\|[^|]*\|([^|]*)\|$/gm)
  return new Map([...rows].map(([, name = '', imports = '']) => [name, imports.match(/[\w.-]+/g) ?? []]))
}

function textOf(path: string): string {
  return readFileSync(join(sourceFolder, path), 'utf8')
}

function importsByFile(files: Source[]): Map<string, string[]> {
  return new Map(files.map(({ path, imports }) => [path, imports.map(({ from }) => from).filter(isOurs)]))
}

/** The strongly connected components of a graph that are cycles, by Tarjan's algorithm. */
function cyclesIn(graph: Map<string, string[]>): string[][] {
  const order = new Map<string, number>() // when a node was reached
  const lowest = new Map<string, number>() // the earliest node on the stack that it leads to
  const stack: string[] = []
  const cycles: string[][] = []
  const search = (node: string) => {
    order.set(node, order.size)
    lowest.set(node, order.size - 1)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) search(next)
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0))
    }
    if (lowest.get(node) !== order.get(node)) return
    const component = stack.splice(stack.indexOf(node)).toSorted()
    if (component.length > 1 || graph.get(node)?.includes(node)) cycles.push(component)
  }
  for (const node of graph.keys()) if (!order.has(node)) search(node)
  return cycles
}

/** The file and everything it loads at run time, directly or indirectly. */
function reachable(path: string): string[] {
  const byPath = new Map<string, Source>(sources.map(source => [source.path, source]))
  const seen = new Set<string>()
  const add = (next: string) => {
    if (seen.has(next) || !byPath.has(next)) return
    seen.add(next)
    for (const { from, typeOnly } of byPath.get(next)?.imports ?? []) if (!typeOnly) add(from)
  }
  add(path)
  return [...seen]
}
