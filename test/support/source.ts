import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseSync, Visitor } from 'vite'

/** The folder `src` of this repository. */
export const sourceFolder = join(import.meta.dirname, '../../src')

/** The facts about one source file that the architecture test uses. Paths are relative to `src`. */
export type Source = {
  path: string
  lines: number
  imports: { from: string; typeOnly: boolean }[] // ours as paths below `src`, others as written
  reaches: string[] // uses of clock, chance, timers and console, as `Date.now`
}

/** Reads and parses every TypeScript file below `folder`. */
export function readSources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .map(file => readSource(relative(folder, file), readFileSync(file, 'utf8')))
    .toSorted((a, b) => a.path.localeCompare(b.path))
}

/** Reads one file with a parser, so comments and strings never count. */
export function readSource(path: string, text: string): Source {
  const { program, module, errors } = parseSync(path, text)
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`)
  const imports = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({ from: moduleRequest.value, entries })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(entry => (entry.moduleRequest ? [{ from: entry.moduleRequest.value, entries: [entry] }] : [])),
    ),
  ].map(({ from, entries }) => ({
    from: resolve(path, from),
    typeOnly: entries.length > 0 && entries.every(entry => entry.isType),
  }))
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    from: resolve(path, text.slice(start + 1, end - 1)),
    typeOnly: false,
  }))
  return { path, lines: text.split('\n').length - 1, imports: [...imports, ...dynamic], reaches: reachesOf(program) }
}

function resolve(path: string, from: string): string {
  return from.startsWith('.') ? join(path, '..', from) : from
}

const timers = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'])
const members = new Set(['Date.now', 'Math.random', 'performance.now', 'scheduler.wait'])

function reachesOf(program: ReturnType<typeof parseSync>['program']): string[] {
  const found: string[] = []
  new Visitor({
    MemberExpression({ object, property }) {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return
      const name = `${object.name}.${property.name}`
      if (members.has(name) || object.name === 'console' || timers.has(property.name)) found.push(name)
    },
    CallExpression({ callee }) {
      if (callee.type === 'Identifier' && timers.has(callee.name)) found.push(callee.name)
    },
    NewExpression({ callee, arguments: args }) {
      if (callee.type === 'Identifier' && callee.name === 'Date' && args.length === 0) found.push('new Date()')
    },
  }).visit(program)
  return found
}
