import { expect, test } from 'vitest'
import { mentionsIn } from '../../src/agents/mentions.ts'

const known = new Set(['pickle', 'scribe', 'owl-2', 'night_owl'])
const mentioned = (content: string) => mentionsIn(content, known)

test.each([
  ['@pickle hello', ['pickle']],
  ['hello @pickle', ['pickle']],
  ['@Pickle, @SCRIBE: help', ['pickle', 'scribe']],
  ['@scribe @pickle @scribe', ['scribe', 'pickle']],
  ["is that (@pickle's)?", ['pickle']],
  ['ask @owl-2. Or @night_owl!', ['owl-2', 'night_owl']],
  ['**@pickle**', ['pickle']],
  ['こんにちは、@pickle', ['pickle']],
  ['@pickle-', ['pickle']],
  ['no `code` here @pickle', ['pickle']],
  ['a lone ` and @pickle', ['pickle']],
])('[T2] %j mentions %j', (content, agents) => {
  expect(mentioned(content)).toEqual(agents)
})

test.each([
  'ada@pickle.example',
  'ada.@pickle',
  'mail@pickle',
  '@pickles',
  '@pickle.py is a file',
  '@pickle/parser is a package',
  '@pickleé',
  '@@pickle',
  '@ada and @bob are people',
  'use `@pickle` here',
  'use ``a ` @pickle`` here',
  '```\n@pickle\n```',
  '```never closed @pickle',
  'see https://example.com/@pickle and more',
  'see www.example.com/?a=@pickle',
  '/home/@pickle',
  '@ pickle',
  '',
])('[T2] %j mentions nobody', content => {
  expect(mentioned(content)).toEqual([])
})

test('[T2] one message mentions at most 20 agents', () => {
  const many = Array.from({ length: 30 }, (_, index) => `agent-${index}`)
  expect(mentionsIn(many.map(id => `@${id}`).join(' '), new Set(many))).toEqual(many.slice(0, 20))
})

test('[T2] a text that is made to be slow is read in one pass', () => {
  const hostile = ['`', '`a ', '@a', 'a.', 'a-a.', '``a', 'http://', '@a-'].map(piece =>
    piece.repeat(Math.ceil(32_768 / piece.length)),
  )
  expect(hostile.map(mentioned)).toEqual(hostile.map(() => []))
})
