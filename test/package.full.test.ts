import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environment, node, root, tool } from '../scripts/toolchain.mjs'
import { cleanCopy } from './support/clean-copy.ts'

// The package as others get it: packed in a clone, installed in an empty folder, and compiled against.

let scratch: string
let tarball: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'circles-packed-'))
  await using copy = await cleanCopy()
  const args = ['pack', '--silent', '--pack-destination', scratch]
  execFileSync('npm', args, { cwd: copy.folder, env: environment(), stdio: ['ignore', 'ignore', 'inherit'] })
  tarball = join(scratch, readdirSync(scratch).find(name => name.endsWith('.tgz')) ?? 'none')
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

test('npm pack in a clone builds every entry, and packs neither tests nor sources', () => {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n')
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const path of Object.values<string>(exports)) expect(files).toContain(path.replace('./', 'package/'))
  expect(files.filter(path => !/^package\/(bin|dist\/package)\/|^package\/[^/]+$/.test(path))).toEqual([])
  expect(files.filter(path => /\.test\.|(^|\/)(\.ci|bench|test)\//.test(path))).toEqual([])
})

test('an installation in an empty folder has at most six packages, and the command', () => {
  const folder = join(scratch, 'installed')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"name":"empty","private":true}')
  const npm = (...args: string[]) => execFileSync('npm', args, { cwd: folder, env: environment(), encoding: 'utf8' })
  npm('install', '--no-audit', '--no-fund', '--prefer-offline', tarball)
  const lines = npm('ls', '--omit=dev', '--all', '--parseable').trim().split('\n')
  expect(lines.length).toBeLessThanOrEqual(6) // the folder itself is the first
  for (const name of ['circles-rooms', 'circles']) {
    const version = execFileSync(node, [join(folder, 'node_modules/.bin', name), '--version'], { encoding: 'utf8' })
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/)
  }
})

const inPages = ['.', './client', './react', './protocol', './http', './ui']

test.each([
  ['node16', 'page'],
  ['bundler', 'page'],
  ['node16', 'Worker'],
  ['bundler', 'Worker'],
] as const)('every entry compiles in its strictest form, resolved by %s, in a %s', (resolution, place) => {
  const folder = join(scratch, `${resolution}-${place}`)
  installed(folder)
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const entries = Object.keys(exports)
    .filter(entry => !entry.endsWith('.css')) // for bundlers
    .filter(entry => place === 'Worker' || inPages.includes(entry))
  const imports = entries.map(
    (entry, index) => `import * as entry${index} from '${entry.replace('.', 'circles-rooms')}'\n`,
  )
  const names = entries.map((_, index) => `entry${index}`).join(', ')
  writeFileSync(join(folder, 'main.ts'), `${imports.join('')}console.log(${names})\n`)
  const options = {
    target: 'es2022',
    module: resolution === 'node16' ? 'node16' : 'esnext',
    moduleResolution: resolution,
    lib: place === 'page' ? ['es2024', 'dom', 'dom.iterable'] : ['es2024', 'esnext.disposable'],
    types: place === 'page' ? ['react'] : ['@cloudflare/workers-types'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['main.ts'] }))
  const { stdout } = spawnSync(node, [tool('typescript', 'bin/tsc'), '-p', folder], { encoding: 'utf8' })
  expect(errorsOf(stdout).filter(error => place === 'page' || !needsPage.test(error))).toEqual([])
})

const needsPage = /^(\S*\/)?node_modules\/(@ai-sdk|ai|yjs)\// // their own types name those of a page, also in a Worker

/** The errors that the compiler printed, each with the lines that explain it. */
const errorsOf = (printed: string): string[] => printed.split(/\n(?=\S)/).filter(error => error.trim() !== '')

/** The package beside ours, so that nothing is fetched. */
function installed(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  execFileSync('tar', ['-xzf', tarball, '-C', join(folder, 'node_modules')])
  execFileSync('mv', ['package', 'circles-rooms'], { cwd: join(folder, 'node_modules') })
  for (const name of readdirSync(join(root, 'node_modules')).filter(name => !name.startsWith('.'))) {
    const path = join(folder, 'node_modules', name)
    if (!existsSync(path)) symlinkSync(join(root, 'node_modules', name), path)
  }
}
