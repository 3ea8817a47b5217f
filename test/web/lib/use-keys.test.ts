import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { actionOf, isForInputMethod } from '../../../src/web/lib/use-keys.ts'

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

test('in a field, every key that writes something writes it; with Ctrl or Cmd the keys work everywhere', () => {
  const key = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false })
  expect(['?', '/', 'k', 'Enter'].map(name => actionOf(key(name), true))).toEqual([null, null, null, null])
  expect(['?', '/'].map(name => actionOf(key(name), false))).toEqual(['help', 'jump'])
  for (const isInField of [true, false]) {
    expect(['/', 'k'].map(name => actionOf(key(name, true), isInField))).toEqual(['help', 'jump'])
    expect(['Escape', 'F6'].map(name => actionOf(key(name), isInField))).toEqual(['escape', 'region'])
  }
})
