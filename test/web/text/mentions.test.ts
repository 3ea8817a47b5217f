import { expect, test } from 'vitest'
import { splitMentions } from '../../../src/web/text/mentions.ts'

test('a mention is a word of its own: not part of an address or a path, and without a dot at its end', () => {
  const mentions = (text: string) =>
    splitMentions(text)
      .filter(({ isMention }) => isMention)
      .map(piece => piece.text)
  expect(mentions('@pickle, ask @Ada. (@bob)')).toEqual(['@pickle', '@Ada', '@bob'])
  expect(mentions('me@example.com https://x.test/@ada @@no @')).toEqual([])
  expect(
    splitMentions('a @b c')
      .map(({ text }) => text)
      .join(''),
  ).toBe('a @b c')
})
