import { expect, test } from 'vitest'
import { isMentioned, mentionRanges, mentionsIn, stripMentions } from '../../src/protocol/mentions.ts'

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
  ['@pickle你好', ['pickle']],
  ['请@pickle看', ['pickle']],
  ['@pickleさん、@scribeくん', ['pickle', 'scribe']],
  ['@pickle씨', ['pickle']],
  ['ถาม@pickleครับ', ['pickle']],
  ['спроси@pickleа', ['pickle']],
  ['@pickle🎉', ['pickle']],
  ['@pickle。', ['pickle']],
  ['（@pickle）', ['pickle']],
  ['@pickle.你', ['pickle']],
  ['_@pickle_ and __@scribe__', ['pickle', 'scribe']],
  ['_ask @pickle_', ['pickle']],
  ['~~@pickle~~ [@scribe](x)', ['pickle', 'scribe']],
  ['use ``` to fence. @pickle explain', ['pickle']],
  ['\\\\@pickle', ['pickle']],
  ['> what pickle said\n@pickle go on', ['pickle']],
  ['| @pickle |\n|-|', ['pickle']],
  ['@pickle&nbsp;help', ['pickle']],
  ['@pickle&#x4f60;', ['pickle']],
  ['@pickle五', ['pickle']],
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
  '~~~\n@pickle\n~~~',
  '```\n@pickle',
  '    @pickle',
  '- ~~~\n  @pickle\n  ~~~',
  '`a\n@pickle`',
  '\\@pickle',
  '&#64;pickle',
  '@pickle\\_x',
  '@pickle&#x61; help',
  '@pickle&eacute; help',
  '@pickle.&#97;',
  '@pic&#107;le',
  'ada&#46;@pickle',
  'ada&period;@pickle',
  '@pickle٣',
  '@pickleａ',
  '@pickleʰ',
  '@pickleⅷ',
  '@pickle\u2c61',
  'a\\_@pickle',
  '> @pickle said this',
  '- a\n\n  > @pickle',
  '[x](@pickle)',
  '[x]: @pickle',
  '@pickle_',
  '@pickle\u0301',
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

test.each([
  ['@pickle, ask @Ada. (@bob)', ['@pickle', '@Ada', '@bob']],
  ['请@Ada看', ['@Ada']],
  ['@José, @Jose\u0301 und @Jörg-Ö', ['@José', '@Jose\u0301', '@Jörg-Ö']],
  ['@张伟 @Дарья', ['@张伟', '@Дарья']],
  ['`@ada` me@example.com https://x.test/@ada @@no @', []],
])('[T2] the mentions of %j by their form', (text, mentions) => {
  expect(mentionRanges(text).map(({ from, to }) => text.slice(from, to))).toEqual(mentions)
})

test.each([
  ['@ada hi', true],
  ['请@Ada看', true],
  ['@ADA.', true],
  ['@ada.b hi', false],
  ['@adam', false],
  ['`@ada`', false],
  ['~~~\n@ada\n~~~', false],
  ['http://x/@ada', false],
  ['\\@ada', false],
  ['> @ada', false],
  ['@Ada Bob', false],
  ['@Ada Bob, @Ada', true],
])('[T2] does %j mention Ada where Ada Bob is, too: %j', (text, is) => {
  expect(isMentioned(text, 'Ada', ['Ada Bob', 'Bob'])).toBe(is)
})

test('[T2] a name is the same in every form of Unicode, and may hold spaces or characters of any script', () => {
  expect(isMentioned('@Jose\u0301 hi', 'José')).toBe(true)
  expect(isMentioned('@Ada Bob hi', 'Ada Bob')).toBe(true)
  expect(isMentioned('@张伟你好', '张伟')).toBe(true)
  expect(isMentioned('@Jose\u0301', 'Jose')).toBe(false)
})

test('[T2] a text without its mentions keeps addresses and code', () => {
  expect(stripMentions('@scribe搜索 `@x` a@b.example')).toBe('搜索 `@x` a@b.example')
})
