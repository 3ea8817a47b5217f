import { expect, test } from 'vitest'
import { applyOption, completionAt } from '../../../src/web/composer/completion.ts'

const people = [
  { value: '@pickle', label: 'Pickle', description: 'agent' },
  { value: '@Bob', label: 'Bob', description: '' },
]
const commands = [{ value: '/title', label: 'title', description: '' }]
const optionsFor = (text: string) =>
  completionAt(text, text.length, people, commands)?.options.map(({ value }) => value) ?? []

test('a mention is completed anywhere, a command only at the beginning, and a complete word not at all', () => {
  expect(optionsFor('Hello @')).toEqual(['@pickle', '@Bob'])
  expect(optionsFor('Hello @bo')).toEqual(['@Bob'])
  expect(optionsFor('Hello @bob')).toEqual([])
  expect(optionsFor('mail@bo')).toEqual([])
  expect(optionsFor('/ti')).toEqual(['/title'])
  expect(optionsFor('see /ti')).toEqual([])
})

test('an option replaces the word at the caret and keeps the rest', () => {
  const option = people[0]
  if (option === undefined) throw new Error('expected an option')
  expect(applyOption('Hello @pi there', 9, 6, option)).toEqual({ text: 'Hello @pickle there', caret: 14 })
})
