import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exportedDeclarations } from './support/declarations.ts'

/** The exports of a file without a docstring: a comment with two asterisks directly before the declaration. */
function undocumentedIn(path: string, text: string): string[] {
  const missing = exportedDeclarations(path, text).filter(({ docstring }) => !isSentence(docstring))
  return missing.map(({ name }) => `${path}: ${name}`)
}

/** Returns whether a docstring contains a sentence, before any tag but `@deprecated`. */
function isSentence(docstring: string | null): boolean {
  return docstring !== null && /^\*\s*(\*\s+)?(@deprecated )?[^\s@*](?:[^@]|(?<=[`(])@)*[.:)]/.test(docstring)
}

const folder = join(import.meta.dirname, '../src')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => /\.tsx?$/.test(path))

test('every exported declaration of src has a docstring', () => {
  expect(files).toContain('rooms/room.ts')
  expect(files.flatMap(path => undocumentedIn(path, readFileSync(join(folder, path), 'utf8')))).toEqual([])
})

test.each([
  ['a docstring', '/** Does a. */\nexport const a = 1', []],
  ['a long docstring', '/**\n * Does a,\n * and more.\n */\nexport function a() {}', []],
  [
    'a docstring before the first overload',
    '/** Does a. */\nexport function a(): 1\nexport function a(b?: 1): 1 {}',
    [],
  ],
  ['a declaration that is exported below', '/** Does a. */\nclass A {}\nexport { A }', []],
  ['a re-export', "export { a } from './b.ts'\nexport type { C } from './c.ts'", []],
  ['no comment', 'export type A = 1', ['a.ts: A']],
  ['a line comment', '// Does a.\nexport const a = 1', ['a.ts: a']],
  ['a comment further up', '/** Does b. */\nconst b = 1\nexport const a = 1', ['a.ts: a']],
  ['an empty comment', '/** */\nexport const a = 1', ['a.ts: a']],
  ['a name of 0.1', '/** @deprecated Use `b`. */\nexport const a = 1', []],
  ['tags alone', '/** @param a */\nexport function a() {}', ['a.ts: a']],
  ['a name exported below', 'const a = 1\nexport { a }', ['a.ts: a']],
  ['a default export', 'export default class A {}', ['a.ts: A']],
])('%s', (_, text, missing) => {
  expect(undocumentedIn('a.ts', text)).toEqual(missing)
})
