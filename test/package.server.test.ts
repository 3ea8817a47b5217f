import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { environment, node, root } from '../scripts/toolchain.mjs'

test('the package has types, no problems, its size, and a client and a command line that run', async () => {
  const script = join(root, 'scripts/package.mjs')
  const output = execFileSync(node, [script, '--check'], { cwd: root, env: environment(), encoding: 'utf8' })
  expect(output).toContain('All good!')

  // The command runs from the tarball, with nothing installed beside it.
  const folder = mkdtempSync(join(tmpdir(), 'circles-package-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  execFileSync('tar', ['-xzf', join(root, `dist/circles-rooms-${version}.tgz`), '-C', folder])
  const inPackage = (path: string) => join(folder, 'package', path)
  const circles = (...args: string[]) =>
    execFileSync(node, [inPackage('bin/circles.mjs'), ...args], { cwd: folder, encoding: 'utf8' })
  expect(circles('--version')).toBe(`${version}\n`)
  expect(circles('watch', '--help')).toContain('Usage: circles-rooms watch')

  // It holds what was built and nothing else.
  expect(readdirSync(inPackage('.')).sort()).toEqual(['LICENSE', 'README.md', 'bin', 'dist', 'package.json'])
  expect(readdirSync(inPackage('dist'))).toEqual(['package'])

  const { exports, bin } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'))
  expect(bin).toEqual({ 'circles-rooms': './bin/circles.mjs', circles: './bin/circles.mjs' })
  for (const path of Object.values<string>(exports)) expect(existsSync(inPackage(path)), path).toBe(true)
  expect(readFileSync(inPackage(exports['./react']), 'utf8')).toMatch(/^'use client'/) // for React's server components

  // The entry of the client and the one without a name are the same: the names of 0.1, and those since.
  expect(exports['.']).toEqual(exports['./client'])
  const entry = pathToFileURL(inPackage(exports['./client']))
  expect(Object.keys(await import(entry.href)).sort()).toEqual([
    'CirclesError',
    'connect',
    'createClient',
    'snapshotOf',
  ])
})

test('what the sources resolve by a name of their own, the published modules resolve alike', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')).imports
  const built = (target: unknown, condition?: string): unknown =>
    typeof target === 'string'
      ? target.replace('./', './dist/package/').replace(/\.ts$/, condition === 'types' ? '.d.ts' : '.js')
      : Object.fromEntries(Object.entries(target as object).map(([name, value]) => [name, built(value, name)]))
  expect(read('package.json')).toEqual(built(read('src/package.json')))
})
