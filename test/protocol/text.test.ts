import { expect, test } from 'vitest'
import { cleanLine, cleanName, cleanText, hasVisibleText, isUserId } from '../../src/protocol/text.ts'

test.each([
  ['ada\u3164', 'ada'],
  ['Pick\u115fle\u1160', 'Pickle'],
  ['a\u202eda', 'ada'],
  ['a\u00adda', 'ada'],
  ['a\u{e0041}da', 'ada'],
  ['a\ufe0fda', 'ada'],
  ['a\u034fda', 'ada'],
  ['ada\u2800bob', 'ada bob'],
  ['  Ada  Bob ', 'Ada Bob'],
  ['Jose\u0301', 'José'],
  ['हिन्दी', 'हिन्दी'],
])('the name %j is shown as %j', (text, name) => {
  expect(cleanName(text)).toBe(name)
})

test.each([
  '\u3164',
  '\u2800',
  '\uffa0',
  '\u00ad',
  '\u0301',
  '\ufffc',
  '\u{1d159}',
  '\u{13441}\u{13442}',
  '\u180e\u17b4',
  'Agent:pickle',
  'ａｇｅｎｔ：pickle',
  'agent\ua789pickle',
  'Guest\u2236ada',
  'system \u0589 x',
  'gu\u200best:ada',
  ' system : x',
  '\ud800',
  'a'.repeat(65),
])('nobody can be called %j', text => {
  expect(cleanName(text)).toBeNull()
})

test.each([
  '\u{13441}',
  '\u3164',
  '\u2800 \u2800',
  '\u200b',
  ' \n\t',
  '\u115f\u1160',
  '\u{e0041}',
  '\ufe0f',
  '\u0300\u0301',
])('%j says nothing', text => {
  expect(hasVisibleText(text)).toBe(false)
})

test.each([
  ...['', '.', '..', ' ada', 'ada ', 'ada\u00a0b', 'ada\u3000', '\u2003ada', 'ada\tb', 'ada\n', 'ada\u2028'],
  ...['\u2800ada', 'ada\u{13441}', '\u{13442}', 'ada\u{13430}b', 'ada\ufffc', 'ada\u3164', 'a\u115fb', 'a\u200bb'],
  ...['a\ufe0f', 'a\ufff9b', '\u{e0041}', '\u0301', 'agent:owl', 'Ｇuest:x', 'agent\u05c3owl', 'a\ud800'],
])('no user has the id %j', id => {
  expect(isUserId(id)).toBe(false)
})

test.each([
  'ada',
  'auth0|1',
  'https://idp.example/u/1',
  'a.b',
  '...',
  '.a',
  'sp ace',
  'é',
  '日本',
  '😀',
  'x-user:1',
  '%2e',
])('a user may have the id %j', id => {
  expect(isUserId(id)).toBe(true)
})

test('a letter, a symbol and an emoji say something', () => {
  expect(['a', '。', '👍', '❤️', 'กิ', '\ue000'].map(hasVisibleText)).toEqual([true, true, true, true, true, true])
})

test('control characters are removed, of both sets; a line has neither tabs nor marks that reorder it', () => {
  expect(cleanText('a\u0000\u009b31m\r\n\tb\u202e')).toBe('a31m\n\tb\u202e')
  expect(cleanLine('a\n\tb\u202ec\u2066d')).toBe('a b c d')
})
