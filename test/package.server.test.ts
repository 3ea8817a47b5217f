import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { environment, node, root } from '../scripts/toolchain.mjs'

test('what other programs install has its types, no problems, and its size', () => {
  const script = join(root, 'scripts/package.mjs')
  const told = execFileSync(node, [script], { cwd: root, env: environment(), encoding: 'utf8' })
  expect(told).toContain('All good!')
  expect(told).toMatch(/circles\/client: \d+ bytes gzipped/)

  // The command runs out of the tarball, with nothing installed beside it.
  const folder = mkdtempSync(join(tmpdir(), 'circles-package-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  execFileSync('tar', ['-xzf', join(root, `dist/package/circles-${version}.tgz`), '-C', folder])
  const circles = (...args: string[]) =>
    execFileSync(node, [join(folder, 'package/bin/circles.mjs'), ...args], { cwd: folder, encoding: 'utf8' })
  expect(circles('--version')).toBe(`${version}\n`)
  expect(circles('watch', '--help')).toContain('Usage: circles watch')
})
