import { expect, test } from 'vitest'
import { formatParts } from '../../../src/web/words/format.ts'
import { plainWords, pseudoMessage } from './pseudo.ts'

test('each word of a message has accents, and none of its arguments', () => {
  const message = pseudoMessage('{name}: {count, plural, one {# new file of {owner}} other {# files}} left')
  const text = formatParts<string | number>(message, { name: 'Ada', count: 1, owner: 'Bob' }).join('')
  expect(text.replaceAll('\u0301', '')).toBe('Ada: 1 new file of Bob left')
  expect(plainWords(text)).toEqual(['Ada', 'Bob'])
})
