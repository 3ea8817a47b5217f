import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isForInputMethod } from '../../../src/web/lib/use-keys.ts'

const web = join(import.meta.dirname, '../../../src/web')

test('a key belongs to an input method while it composes, and by its code once Safari has ended the composition', () => {
  expect(isForInputMethod({ isComposing: true, keyCode: 13 })).toBe(true)
  expect(isForInputMethod({ isComposing: false, keyCode: 229 })).toBe(true)
  expect(isForInputMethod({ isComposing: false, keyCode: 13 })).toBe(false)
})

test('every handler of keys leaves those of an input method alone', () => {
  const handlers = globSync('**/*.{ts,tsx}', { cwd: web }).filter(file => {
    const text = readFileSync(join(web, file), 'utf8')
    return /event\.key === '/.test(text) && !/useKeyDown\(|isForInputMethod\(/.test(text)
  })
  // The list of completions is asked by the composer, after it has looked.
  expect(handlers.map(file => file.replaceAll('\\', '/'))).toEqual(['composer/use-completion.ts'])
})
