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
])('%s and %s look the same', (one, other) => {
  expect(skeletonOf(other)).toBe(skeletonOf(one))
})

test.each([
  ['Ada', 'Adam'],
  ['Bob', 'Rob'],
  ['李明', '李朋'],
  ['Agent', 'Bot'],
])('%s and %s do not', (one, other) => {
  expect(skeletonOf(other)).not.toBe(skeletonOf(one))
})

test('whoever could be taken for somebody else is known by id, an agent by its badge', () => {
  const everybody = [pickle, person('guest:ada', 'Ada'), person('u7', 'Аdа'), person('bob'), person('x', 'Pickle bot')]
  expect([...confusableNames([...everybody, ...everybody])].toSorted()).toEqual(['guest:ada', 'u7', 'x'])
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
