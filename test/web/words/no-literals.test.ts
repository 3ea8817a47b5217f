import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { literalsIn } from './literals.ts'

const root = join(import.meta.dirname, '../../../src/web')
const isCatalogue = (path: string): boolean => /^words\/\w+\/(first|more|codes)\.ts$/.test(path)
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(path => /\.tsx?$/.test(path))

test('no source of the page has words of its own: all are in the catalogues', () => {
  expect(files.filter(isCatalogue)).toHaveLength(8)
  const found = files
    .filter(path => !isCatalogue(path))
    .flatMap(path => literalsIn(path, readFileSync(join(root, path), 'utf8')).map(literal => ({ path, ...literal })))
  expect(found).toEqual([])
})

test('what is loaded when it is needed brings its words with it', () => {
  const lazy = files.filter(path => /\blazy\(/.test(readFileSync(join(root, path), 'utf8')))
  expect(lazy.toSorted()).toEqual(['text/message-body.tsx', 'words/part.ts']) // Markdown says nothing by itself
})

test.each([
  ['a text', '<p>Hello</p>', ['Hello']],
  ['a text between values', '<p>{a} new {b}</p>', ['new']],
  ['a label', '<button aria-label="close" />', ['close']],
  ['a label with a value', `<button title={\`close \${name}\`} />`, ['close']],
  ['a placeholder', '<input placeholder="write" />', ['write']],
  ['an alternative', "<p>{isOpen ? 'Show less' : 'Show'}</p>", ['Show less', 'Show']],
  ['a sentence in a variable', "const text = 'It was not saved.'", ['It was not saved.']],
  ['a sentence in a template', `const text = \`Removed by \${name}\``, ['Removed by']],
  ['a message of a notice', "setNotice('copied it')", ['copied it']],
  ['a key of a message', "<p title={t('page.close')}>{t('page.failed')}</p>", []],
  ['names of classes', '<p className="message soft" />', []],
  ['a key that is compared', "event.key === 'Escape'", []],
  ['a selector', "document.querySelector('main textarea, main input')", []],
  ['an error of the program', "throw new Error('expected a context')", []],
  ['signs', '<p>· {name} ↳</p>', []],
])('the search for words finds %s', (_, code, texts) => {
  expect(literalsIn('a.tsx', code).map(({ text }) => text)).toEqual(texts)
})
