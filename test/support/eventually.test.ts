import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const tests = join(import.meta.dirname, '..')
const waits = 'support/eventually.ts'

test('tests wait as long as a busy machine takes: by `eventually` or `expect.poll`, and not a second', () => {
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter(path => /\.tsx?$/.test(path))
  expect(files).toContain(waits)
  const impatient = files.filter(
    path => path !== waits && /\bvi\.wait(For|Until)\(/.test(readFileSync(join(tests, path), 'utf8')),
  )
  expect(impatient).toEqual([])
})
