import { characterEntities } from 'character-entities'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leavesOf } from '../../../src/protocol/markdown/blocks.ts'
import { referenceAt } from '../../../src/protocol/markdown/character-references.ts'
import { escapeMark, visibleText } from '../../../src/protocol/markdown/visible-text.ts'
import { drawnByParser } from './commonmark.ts'

const code = ['`', '``', '```', '~~~', '    ', '\t', '<b>', '</b>', '<div>', '<!--', '-->', '<', '>']
const blocks = [
  '\n',
  '\n',
  '\n\n',
  '> ',
  '>',
  '- ',
  '* ',
  '+ ',
  '1. ',
  '# ',
  '## ',
  '---',
  '===',
  '|',
  '|-|',
  '\n|-|\n',
]
const inline = [
  '[^1]',
  '[^@p]',
  '[^1]: ',
  '&#64;',
  '&eacute;',
  '*',
  '**',
  '_',
  '__',
  '~',
  '[',
  ']',
  '![',
  '(x)',
  '](x)',
  '[x]: y',
  '&amp;',
  '"',
  '!',
  'https://x.y ',
]
const piece = fc.constantFrom('@p ', '@p', '@p', '\\', ' ', 'a', '你', ...code, ...blocks, ...inline)
const markdown = fc.array(piece, { minLength: 1, maxLength: 16 }).map(pieces => pieces.join(''))

/** The places of `@` in text that stands behind no `>`, as the parser draws it. */
function expected(text: string): number[] {
  const pieces = leavesOf(text).flatMap(({ pieces }) => pieces)
  const isQuoted = (at: number) => pieces.some(({ from, to, isQuoted }) => isQuoted && from <= at && at < to)
  return drawnByParser(text)
    .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index))
    .filter(at => text[at] === '@' && !isQuoted(at))
}

function seen(text: string): number[] {
  return [...visibleText(text).matchAll(/@/g)]
    .map(({ index }) => index)
    .filter(at => visibleText(text)[at - 1] !== escapeMark)
}

test('[T2] what is drawn as text, and nothing else, is what the page’s own Markdown parser draws as text', () => {
  fc.assert(
    fc.property(markdown, text => {
      expect(seen(text), JSON.stringify(text)).toEqual(expected(text))
    }),
    { seed: 20261128, numRuns: 1_000 },
  )
})

test.each([
  ['> ~~~\n> @p\n> ~~~', []],
  ['- ```\n  @p\n  ```\n  @p', [19]],
  ['a\n    @p', [6]],
  ['\n    @p', []],
  ['- a\n\n      @p', []],
  ['`a\nb @p`', []],
  ['`a\n\nb @p`', [6]],
  ['~~~~\n~~~\n@p\n~~~~\n@p', [17]],
  ['```\n@p\n    ```\n@p', []],
  ['| `a | @p` |\n|-|-|', [7]],
  ['[x]: @p', []],
  ['[x](@p)', []],
  ['[@p](x)', [1]],
  ['![@p](x)', []],
  ['<https://x/@p>', []],
  ['https://x/?@p', []],
  ['&#64;p', []],
  ['<div>\n`@p`\n</div>', [7]],
  ['1. [@p]: x\n|-|', []],
  ['- |a|\n  |-|\n[@p]: x', []],
  ['![www.x.y?[^1]: ](x "@p")', []],
  ['[^1]: @p help', [6]],
])('[T2] the places of @ in the text of %j: %j', (text, places) => {
  expect(seen(text)).toEqual(places)
})

test('[T2] a text that is behind a > repeats what was said, and the line below it does not', () => {
  expect(seen('> @p\n@p\n\n> a\n> @p')).toEqual([5])
})

test('[T2] every text is as long as before, and however it is made it is read in one pass', () => {
  const pieces = [
    '`',
    '`` `',
    '[',
    '](',
    '[a](b "',
    '<a ',
    '<a b="',
    '<!--',
    '*',
    '_*',
    '> ',
    '- ',
    '1. ',
    '\n',
    '|-|\n',
  ]
  const more = ['[a]: b\n', '[a]', 'https://x`', '`https://x ', '* ', '\\', '~~~\n', 'a|b\n-|-\n', '[a](((', '![', '_*']
  for (const begin of ['* ']) {
    for (const repeated of [...pieces, ...more]) {
      const text = begin.repeat(200) + repeated.repeat(Math.ceil(16_384 / repeated.length))
      expect(visibleText(text)).toHaveLength(text.length)
    }
  }
})

test('[T2] of every named character reference it is known whether it can be part of a mention, or stand around one', () => {
  const matters = /[\p{Script=Latin}\p{Nd}_@/.%+\s-]|^\p{M}/u
  const kindOf = (character: string) =>
    [/[\p{Script=Latin}\p{Nd}]/u, /[A-Za-z0-9]/, /\p{M}/u, /@/, /[_/]/, /[.-]/, /[%+]/].map(kind =>
      kind.test(character),
    )
  for (const [name, characters] of Object.entries(characterEntities)) {
    const drawn = referenceAt(`&${name};`, 0)?.character ?? ''
    expect(kindOf(drawn), name).toEqual(kindOf(matters.test(characters) ? characters : '&'))
  }
})

test.each([
  ['&#x1F600;', '😀'],
  ['&#0;', '\ufffd'],
  ['&#10;', ' '],
  ['&#xffffff;', '\ufffd'],
  ['&#12345678;', undefined],
  ['&a b;', undefined],
  ['&amp', undefined],
])('[T2] the reference %j is drawn as %j', (text, character) => {
  expect(referenceAt(text, 0)?.character).toBe(character)
})
