import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('a document at its limit takes at most 64 MB, and is loaded and compacted in a heap of 128 MB', () => {
  const options = ['--expose-gc', '--max-old-space-size=128', 'test/documents/at-the-limit.ts']
  const result = JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' }))
  console.log(result)
  expect(result.bytes).toBeGreaterThan(3_000_000)
  expect(result.heapBytes).toBeLessThan(64_000_000)
})
