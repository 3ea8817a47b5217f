import { expect, test } from 'vitest'
import * as names from '../../../src/web/people/confusable-names.ts'
import { letters } from '../../../src/web/people/letter-twins.ts'

const skeletonOf = (name: string, known = letters) => names.skeletonOf(name, known)
const confusableNames = (authors: Parameters<typeof names.confusableNames>[0]) =>
  names.confusableNames(authors, letters)
const displayId = (id: string) => names.displayId(id, letters)

const person = (id: string, name = id) => ({ id, name, kind: 'person' as const })
const pickle = { id: 'pickle', name: 'Pickle', kind: 'agent' as const }

test.each([
  ['Ada', 'аda'], // Cyrillic а
  ['Ada', 'ADA'],
  ['Ada', 'A.d a'],
  ['Ada', 'Ａｄａ'],
  ['Ada', 'A\u0301d\u0323a'],
  ['Pickle', 'PickIe'], // a capital i
  ['Pickle', 'P1ck1e'],
  ['Pickle', 'Pickle agent'],
  ['Pickle', 'Pickle AI'],
  ['Norman', 'Norrnan'],
  ['Bob', '\u0392ob'], // Greek capitals
  ['MYNA', '\u039c\u03a5\u039d\u0391'],
  ['HUZ', '\u0397U\u0396'],
  ['Ada', '\u1d00da'], // a small capital
  ['Pickle', '\u13e2ickle'], // Cherokee
  ['Pickle', 'Pickl\u212e'],
  ['Ada', 'ada\u3164'], // a letter that is blank
  ['Ada', '\u115fAda\uffa0'],
  ['Ada', 'A\u200dd\u2060a\u{e0041}\ufe0f'],
  ['Bob', 'B\u0660b'], // an Arabic zero
  ['Bob', 'B\u0966b'],
  ['Eve', '\ua4f0ve'], // Lisu
  ['Oda', '\u2c9eda'], // Coptic
  ['Owen', 'Ovven'],
  ['Kim', '\u212aim'],
  ['Cal', '\u03f9al'],
  ['cal', '\u03f2al'],
])('%s and %s look the same', (name, other) => {
  expect(skeletonOf(other)).toBe(skeletonOf(name))
})

test.each([
  ['Ada', 'Adam'],
  ['Bob', 'Rob'],
  ['李明', '李朋'],
  ['Agent', 'Bot'],
])('%s and %s do not look the same', (name, other) => {
  expect(skeletonOf(other)).not.toBe(skeletonOf(name))
})

test('people whose names look alike, or like an agent, are found; the agent itself is not', () => {
  const authors = [pickle, person('guest:ada', 'Ada'), person('u7', 'Аdа'), person('bob'), person('x', 'Pickle bot')]
  expect([...confusableNames([...authors, ...authors])].toSorted()).toEqual(['guest:ada', 'u7', 'x'])
  expect([...confusableNames([pickle, person('bob'), person('bob')])]).toEqual([])
})

test('a name of which nothing can be seen is shown with its id', () => {
  for (const name of ['\u3164', '\u2800', '\u115f\u1160', '\u00ad', '\u{e0041}', ' ', '\u200b'])
    expect([...confusableNames([person('u7', name), person('ada')])], JSON.stringify(name)).toEqual(['u7'])
  expect(['\u3164', '\u2800', '\u{e0041}'].map(displayId)).toEqual(['[U+3164]', '[U+2800]', '[U+E0041]'])
})

test('an id is shown so that its letters cannot be mistaken', () => {
  expect(
    ['guest:ada', 'guest:\u0430da', 'guest:zoë', 'a\u202eb', '\u0392ob', '\uff21da', '\u660e'].map(displayId),
  ).toEqual(['guest:ada', 'guest:[U+0430]da', 'guest:zoë', 'a[U+202E]b', '[U+0392]ob', '[U+FF21]da', '\u660e'])
})

test('the letters of ASCII are known without the others, and alike', () => {
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  expect(ascii.some(names.isBeyondAscii)).toBe(false)
  expect(['é', 'а', '\u3164', 'Ａ'].every(names.isBeyondAscii)).toBe(true)
  for (const letter of [...ascii, 'Pick|e', 'RN0vv bot', 'Ada.Agent'])
    expect(skeletonOf(letter, names.plainLetters), letter).toBe(skeletonOf(letter))
})
