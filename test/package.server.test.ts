import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { environment, node, root } from '../scripts/toolchain.mjs'

test('the package has types, no problems, its size, and a client and a command line that run', async () => {
  const script = join(root, 'scripts/package.mjs')
  const output = execFileSync(node, [script], { cwd: root, env: environment(), encoding: 'utf8' })
  expect(output).toContain('All good!')
  expect(output).toMatch(/circles\/client: \d+ bytes gzipped/)

  // The command runs from the tarball, with nothing installed beside it.
  const folder = mkdtempSync(join(tmpdir(), 'circles-package-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  execFileSync('tar', ['-xzf', join(root, `dist/package/circles-${version}.tgz`), '-C', folder])
  const circles = (...args: string[]) =>
    execFileSync(node, [join(folder, 'package/bin/circles.mjs'), ...args], { cwd: folder, encoding: 'utf8' })
  expect(circles('--version')).toBe(`${version}\n`)
  expect(circles('watch', '--help')).toContain('Usage: circles watch')

  // The entry of the client and the one without a name are the same, with the names of 0.1.
  const { exports } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'))
  expect(exports['.']).toEqual(exports['./client'])
  const entry = pathToFileURL(join(folder, 'package', exports['./client'].default))
  expect(Object.keys(await import(entry.href)).sort()).toEqual(['CirclesError', 'connect', 'createClient'])
})
