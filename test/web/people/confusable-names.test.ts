import { expect, test } from 'vitest'
import { confusableNames, displayId, skeletonOf } from '../../../src/web/people/confusable-names.ts'

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

test('an id is shown so that its letters cannot be mistaken', () => {
  expect(['guest:ada', 'guest:\u0430da', 'guest:zoë', 'a\u202eb'].map(displayId)).toEqual([
    'guest:ada',
    'guest:[U+0430]da',
    'guest:zoë',
    'a[U+202E]b',
  ])
})
