import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { node, root, tool } from '../../scripts/toolchain.mjs'

// The client and the hooks as they are published, in an application with the strictest settings.

const runFile = promisify(execFile)
const tsc = tool('typescript', 'bin/tsc')
let folder = ''

/** The output of a program, whether it ends well or not. */
async function outputOf(program: string, args: string[]): Promise<string> {
  const { stdout } = await runFile(program, args, { cwd: folder }).catch((error: { stdout: string }) => error)
  return stdout
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'circles-types-'))
  const dist = join(folder, 'dist')
  const files = ['compat', 'react-compat'].map(name => join(root, `src/client/${name}.ts`))
  const project = { extends: join(root, 'tsconfig.package-browser.json'), files, compilerOptions: { outDir: dist } }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
  expect(await outputOf(node, [tsc, '-p', folder])).toBe('')
  await rm(join(folder, 'tsconfig.json'))
  for (const path of await readdir(dist, { recursive: true })) {
    if (!path.endsWith('.d.ts')) continue
    const text = await readFile(join(dist, path), 'utf8')
    await writeFile(join(dist, path), text.replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'))
  }
  await cp(join(import.meta.dirname, 'react-types/app.txt'), join(folder, 'app.tsx'))
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}')
  await outputOf('npm', ['install', '--no-audit', '--no-fund', `zod@${dependencies.zod}`])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(['18', '19'])(
  'an application with the types of React %s type-checks, in either resolution',
  async version => {
    await outputOf('npm', ['install', '--no-audit', '--no-fund', `@types/react@${version}`])
    const installed = JSON.parse(await readFile(join(folder, 'node_modules/@types/react/package.json'), 'utf8'))
    expect(installed.version).toMatch(new RegExp(`^${version}\\.`))
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false']
    const target = ['--target', 'es2022', '--lib', 'es2023,dom,dom.iterable', '--jsx', 'react-jsx', '--types', '']
    for (const resolution of [
      ['--module', 'node16', '--moduleResolution', 'node16'],
      ['--module', 'esnext', '--moduleResolution', 'bundler'],
    ]) {
      expect(await outputOf(node, [tsc, '--noEmit', ...strict, ...target, ...resolution, 'app.tsx'])).toBe('')
    }
  },
)

test('what needs React is for the browser, and exports by name, as Next wants it', async () => {
  for (const name of ['react-compat', 'react', 'cursors', 'use-channel', 'use-presence', 'use-websocket']) {
    const text = await readFile(join(folder, 'dist/client', `${name}.js`), 'utf8')
    expect([name, text.startsWith("'use client'"), text.includes('export *')]).toEqual([name, true, false])
  }
})
