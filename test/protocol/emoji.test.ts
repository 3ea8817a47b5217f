import { expect, test } from 'vitest'
import { canonicalEmoji } from '../../src/protocol/emoji.ts'

test.each([
  ['❤', '❤️'],
  ['❤️', '❤️'],
  ['❤\ufe0e', '❤️'],
  ['👍', '👍'],
  ['👍\ufe0f', '👍'],
  ['👍🏽', '👍🏽'],
  ['☝🏽', '☝🏽'],
  ['🏳‍🌈', '🏳️‍🌈'],
  ['🏳️‍🌈', '🏳️‍🌈'],
  ['👨‍👩‍👧', '👨‍👩‍👧'],
  ['🫱🏻‍🫲🏿', '🫱🏻‍🫲🏿'],
  ['👩🏽‍❤‍💋‍👩🏿', '👩🏽‍❤️‍💋‍👩🏿'],
  ['❤‍🔥', '❤️‍🔥'],
  ['🤷🏽‍♀', '🤷🏽‍♀️'],
  ['🇩🇪', '🇩🇪'],
  ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ['1⃣', '1️⃣'],
  ['1️⃣', '1️⃣'],
  ['✓', '✓'],
  [' 👍 ', '👍'],
])('the one spelling of %j is %j', (text, emoji) => {
  expect(canonicalEmoji(text)).toBe(emoji)
})

test.each([
  '',
  ' ',
  '\u200b',
  '\u202e',
  '👍👍',
  '👍\u200b',
  '\u202e👍',
  '👍\u{e0041}',
  '👍\u{e007f}',
  '🏴\u{e0067}',
  '👍🏽🏽',
  '❤️🏽',
  'a',
  '1',
  'lol',
  ':tada:',
  '🇩',
  '\u2800',
  '\u3164',
  '\ud83d',
])('%j is not one emoji', text => {
  expect(canonicalEmoji(text)).toBeNull()
})
