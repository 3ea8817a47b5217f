import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { node, root, tool } from '../scripts/toolchain.mjs'

// The TypeScript programs of README and docs/server.md compile as they are printed. What they import as their reader's
// own, `users.ts` and the types of the bindings, is that of examples/embedded.

const programsOf = (document: string) =>
  [...readFileSync(join(root, document), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => String(text))

/** Compiles files with the types of the package's entries; returns what the compiler prints. */
function compile(files: Record<string, string>, libraries: { lib: string[]; types: string[] }): string {
  const folder = mkdtempSync(join(tmpdir(), 'circles-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const sources = Object.entries<string>(exports).map(([entry, path]) => [
    entry.replace('.', 'circles-rooms'),
    [path.replace('./dist/package', join(root, 'src')).replace(/js$/, 'ts')],
  ])
  const options = { paths: Object.fromEntries(sources), noUnusedLocals: false, ...libraries }
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions: options, include: ['*.ts'], exclude: [] }
  for (const name of ['users.ts', 'env.d.ts']) {
    if (libraries.types.length > 0) cpSync(join(root, 'examples/embedded/src', name), join(folder, name))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return spawnSync(node, [tool('typescript', 'bin/tsc'), '-p', folder], { encoding: 'utf8' }).stdout
}

const worker = { lib: ['es2025', 'esnext.disposable'], types: ['@cloudflare/workers-types', 'node'] }
const page = { lib: ['es2025', 'dom', 'dom.iterable'], types: [] }

const all = [...programsOf('README.md'), ...programsOf('docs/server.md')]
const protocol = all.find(text => text.startsWith('// protocol.ts')) ?? ''
const isOfPage = (text: string) => text.includes("'circles-rooms/client'")

/** The programs as files. One that imports nothing goes on with the circles of the program that serves them. */
function filesOf(programs: string[]): Record<string, string> {
  const rooms = "import { env } from 'cloudflare:workers'\nimport { rooms } from './serve.ts'\n"
  const files = programs.map((text, index): [string, string] => {
    if (text.includes('export const rooms')) return ['serve.ts', text]
    return [`program${index}.ts`, /^(import|export) /m.test(text) ? text : rooms + text]
  })
  return { ...Object.fromEntries(files), 'protocol.ts': protocol }
}

test('the programs for a Worker compile', () => {
  const programs = all.filter(text => !isOfPage(text) && text !== protocol)
  expect(programs.some(text => text.includes('export const rooms'))).toBe(true)
  expect(compile(filesOf(programs), worker)).toBe('')
})

test('the programs for a page compile', () => {
  const programs = all.filter(isOfPage)
  expect(programs).toHaveLength(2)
  expect(compile(filesOf(programs), page)).toBe('')
})
