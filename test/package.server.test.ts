import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environment, node, root } from '../scripts/house.mjs'

test('what other programs install has its types, no problems, and its size', () => {
  const script = join(root, 'scripts/package.mjs')
  const told = execFileSync(node, [script], { cwd: root, env: environment(), encoding: 'utf8' })
  expect(told).toContain('All good!')
  expect(told).toMatch(/circles\/client: \d+ bytes gzipped/)
})
