import { expect, test } from 'vitest'
import { sentence } from '../../../src/web/lib/sentence.ts'
import { msUntilMidnight } from '../../../src/web/lib/use-today.ts'

test('what a server says stands in the page as a sentence', () => {
  expect(['no such thing', 'Done!', ' wait … ', '', 'état'].map(sentence)).toEqual([
    'No such thing.',
    'Done!',
    'Wait …',
    '',
    'État.',
  ])
})

test('the page waits for the midnight of the reader, and one second', () => {
  const night = new Date(2026, 2, 3, 23, 59, 58).getTime()
  expect(msUntilMidnight(night)).toBe(3_000)
  expect(new Date(night + msUntilMidnight(night)).getDate()).toBe(4)
})
