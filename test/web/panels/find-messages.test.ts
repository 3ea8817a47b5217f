import { expect, test } from 'vitest'
import { readQuery } from '../../../src/web/panels/find-messages.ts'
import { plainSnippet } from '../../../src/web/text/plain-snippet.ts'

test.each([
  ['deploy from:ada', { words: 'deploy', from: 'ada' }],
  ['from:@pickle why', { words: 'why', from: 'pickle' }],
  ['a from:"Ada Lovelace" b', { words: 'a  b', from: 'Ada Lovelace' }],
  ['wherefrom:ada', { words: 'wherefrom:ada', from: null }],
])('whose messages are meant is read from %j', (text, query) => {
  expect(readQuery(text)).toEqual(query)
})

test.each([
  ['**raw** and _quiet_ `code`', 'raw and quiet code'],
  ['# Title\n- [x] done\n> said', 'Title\ndone\nsaid'],
  ['see [the docs](https://x.y "title") now', 'see the docs now'],
  ['```js\nlet a\n```\nb', 'let a\nb'],
  ['snake_case and 2 * 3 * 4', 'snake_case and 2 * 3 * 4'],
  ['a \\* b', 'a * b'],
])('a result shows the words of %j without their marks', (source, text) => {
  expect(plainSnippet(source, []).text).toBe(text)
})

test('what was found stays highlighted where it is after the marks are gone', () => {
  const source = '**big** [red cat](u) and `cat`'
  const at = (word: string, from = 0): [number, number] => {
    const index = source.indexOf(word, from)
    return [index, index + word.length]
  }
  const { text, ranges } = plainSnippet(source, [at('big'), at('cat'), at('cat', 20)])
  expect(text).toBe('big red cat and cat')
  expect(ranges.map(([from, to]) => text.slice(from, to))).toEqual(['big', 'cat', 'cat'])
})
