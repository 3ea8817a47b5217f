import { expect, test } from 'vitest'
import { complete, completionAt } from '../../src/web/composer/completion.ts'
import { fileAsCode } from '../../src/web/composer/paste-file.ts'
import { canonicalName, readGoal, readRoute } from '../../src/web/nav/route.ts'
import { formatRules, parseRules } from '../../src/web/panels/routing-rules-text.ts'
import { splitMentions } from '../../src/web/text/mentions.ts'

const people = [
  { value: '@pickle', label: 'Pickle', about: 'agent' },
  { value: '@Bob', label: 'Bob', about: '' },
]
const commands = [{ value: '/title', label: 'title', about: '' }]
const at = (text: string) => completionAt(text, text.length, people, commands)?.options.map(({ value }) => value) ?? []

test('a mention is completed anywhere, a command at the beginning, and what is written out not at all', () => {
  expect(at('Hello @')).toEqual(['@pickle', '@Bob'])
  expect(at('Hello @bo')).toEqual(['@Bob'])
  expect(at('Hello @bob')).toEqual([])
  expect(at('mail@bo')).toEqual([])
  expect(at('/ti')).toEqual(['/title'])
  expect(at('see /ti')).toEqual([])
})

test('what is taken replaces the word at the caret and leaves the rest', () => {
  const option = people[0]
  if (option === undefined) throw new Error('there is one')
  expect(complete('Hello @pi there', 9, 6, option)).toEqual({ text: 'Hello @pickle there', caret: 14 })
})

test('a mention is a word of its own: no address, no path, no dot at its end', () => {
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

test('a text file becomes a block of code that its own fences cannot end', async () => {
  const file = new File(['a\n```\nb\n'], 'notes.md')
  expect(await fileAsCode(file)).toEqual({ code: 'notes.md\n````md\na\n```\nb\n````\n' })
})

test('what is too long, or no text, is refused with a reason', async () => {
  expect(await fileAsCode(new File(['x'.repeat(30_001)], 'long.txt'))).toHaveProperty('problem')
  expect(await fileAsCode(new File([new Uint8Array([0, 255, 1])], 'picture.png'))).toHaveProperty('problem')
})

test('[C2] an address is a channel, or nothing', () => {
  expect(readRoute('/c/Dev-Team')).toEqual({ kind: 'circle', name: 'dev-team' })
  expect(readRoute('/w/acme')).toEqual({ kind: 'workspace', name: 'acme' })
  for (const path of ['/', '/c/', '/c/a%2Fb', '/x/lobby', '/c/-a', '/c/café']) expect(readRoute(path)).toBeNull()
  expect(canonicalName(' Lobby ')).toBe('lobby')
  expect(readGoal('Plans')).toEqual({ kind: 'circle', name: 'plans' })
  expect(readGoal('workspace:acme')).toEqual({ kind: 'workspace', name: 'acme' })
  expect(readGoal('no way')).toBeNull()
})

test('rules are lines of text, and come back as they were', () => {
  const rules = [
    { match: 'deploy *', agent: 'owl' },
    { match: '/a -> b/i', agent: 'pickle' },
  ]
  expect(parseRules(formatRules(rules))).toEqual(rules)
  expect(parseRules('why -> @pickle\nnonsense\n\n-> owl')).toEqual([{ match: 'why', agent: 'pickle' }])
})
