import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDeclarations } from './support/declarations.ts'
import { readSources, sourceFolder } from './support/source.ts'

/** The exports of a file without a docstring: a comment with two asterisks directly before the declaration. */
function undocumentedIn(path: string, text: string): string[] {
  const missing = readDeclarations(path, text).exports.filter(({ docstring }) => !isSentence(docstring))
  return missing.map(({ name }) => `${path}: ${name}`)
}

/** Returns whether a docstring contains a sentence before any tag. */
function isSentence(docstring: string | null): boolean {
  return docstring !== null && /^\*\s*(\*\s+)?[^\s@*][^@]*[.:)]/.test(docstring)
}

test('every exported declaration of src has a docstring', () => {
  const missing = readSources(sourceFolder).flatMap(({ path }) =>
    undocumentedIn(path, readFileSync(join(sourceFolder, path), 'utf8')),
  )
  expect(missing).toEqual([])
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
  ['tags alone', '/** @param a */\nexport function a() {}', ['a.ts: a']],
  ['a name exported below', 'const a = 1\nexport { a }', ['a.ts: a']],
  ['a default export', 'export default class A {}', ['a.ts: A']],
])('%s', (_, text, missing) => {
  expect(undocumentedIn('a.ts', text)).toEqual(missing)
})
