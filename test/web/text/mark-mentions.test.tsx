import fc from 'fast-check'
import type { RootContent, Text } from 'hast'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { mentionRanges, mentionsIn } from '../../../src/protocol/mentions.ts'
import { drawTree } from '../../../src/web/text/draw-tree.ts'
import { markMentions } from '../../../src/web/text/mark-mentions.ts'
import { markdownTree } from '../../../src/web/text/markdown-tree.ts'
import '../english.ts'

function marked(text: string): string[] {
  const page = renderToStaticMarkup(drawTree(markdownTree(text, [markMentions()]).children))
  return [...page.matchAll(/<b class="mention">(.*?)<\/b>/g)].map(([, name = '']) => name)
}

test.each([
  ['~~~\n@ada\n~~~', []],
  ['use ``` to fence. @ada explain', ['@ada']],
  ['\\@ada and &#64;ada and @ada', ['@ada']],
  ['a\\\\ \\@ada @ada', ['@ada']],
  ['**@ada** _@bob_ [@eve](x)', ['@ada', '@bob', '@eve']],
  ['请@Ada看 `@bob`', ['@Ada']],
  ['> @ada\n@bob', ['@bob']],
  ['<div>\n@ada\n</div>\n\n<b title="@bob">', ['@ada', '@bob']],
  ['https://x/?@ada ada@x.example', []],
  ['@ada [bob@x.example', ['@ada']],
  ['[^1]: @ada help', ['@ada']],
  ['a[^@ada]\n\n[^@ada]: x', ['@ada']],
  ['a![^@ada]\n\n[^@ada]: x', []],
  ['@ada&#x61; &#64;ada @ada&eacute; @ada&nbsp;help @ada&mdash;x', ['@ada', '@ada']],
  ['@ada&#1633;, a&#46;@ada, &eacute;@ada', ['@ada']],
])('[T2] the page marks of %j: %j', (text, mentions) => {
  expect(marked(text)).toEqual(mentions)
})

test('[T2] the page marks exactly the mentions that the server reads', () => {
  const pieces = [
    '@p ',
    '@p',
    '\\',
    ' ',
    'a',
    '你',
    '`',
    '```',
    '~~~',
    '    ',
    '\n',
    '\n\n',
    '> ',
    '- ',
    '1. ',
    '*',
    '_',
    '&#64;',
  ]
  const more = ['[', ']', '](x)', '<b>', '<div>', '|', '\n|-|\n', 'https://x.y/ ', '\\&#64;', '&amp;']
  const markdown = fc
    .array(fc.constantFrom('@p ', '@p', ...pieces, ...more), { maxLength: 14 })
    .map(all => all.join(''))
  fc.assert(
    fc.property(markdown, text => {
      const expected = mentionRanges(text).map(({ from, to }) => text.slice(from, to))
      expect(marked(text), JSON.stringify(text)).toEqual(expected)
    }),
    { seed: 20261128, numRuns: 500 },
  )
})

/** What a reader sees of a message as text, outside of code; a mark stands where elements meet. */
function drawn(text: string): string {
  const parts: string[] = []
  collectText(markdownTree(text), parts)
  return parts.join('')
}

function collectText(parent: { children: RootContent[] }, parts: string[]): void {
  for (const node of parent.children) {
    if (node.type === 'text' || (node.type as string) === 'raw') parts.push((node as Text).value)
    if (node.type !== 'element') continue
    parts.push('\0')
    if (node.tagName !== 'code') collectText(node, parts)
    parts.push('\0')
  }
}

test('[T2] a message mentions an agent if and only if what the page draws of it does', () => {
  const notes = [
    '[^p]',
    '[^@p]',
    '[^1]',
    '[^1]: ',
    '[^@p]: ',
    '[p]: ',
    '[@p]: x',
    '[p]',
    '[^',
    '![',
    '![^1]',
    '<!--',
    '-->',
  ]
  const links = ['[', ']', '](x)', '](x "@p")', '](x "', '")', '<b title="', '">', '<b>', 'https://x.y/ ']
  const characters = [
    '&#x61;',
    '&#97;',
    '&eacute;',
    '&nbsp;',
    '&#1633;',
    '&#46;',
    '&period;',
    '&tdot;',
    'ａ',
    '٣',
    'ʰ',
    'é',
    '五',
    '你',
  ]
  const blocks = [
    '\n',
    '\n\n',
    '\n    ',
    '- ',
    '1. ',
    '# ',
    '`',
    '```\n',
    '~~~\n',
    '*',
    '_',
    '|',
    '\n|-|\n',
    '.',
    '-',
    '/',
  ]
  const pieces = ['@p ', '@p', '@p', ' ', 'a', ...notes, ...links, ...characters, ...blocks]
  const markdown = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }).map(all => all.join(''))
  const isMention = /(?<![A-Za-z0-9_.+%/@-])@p(?![\p{Script=Latin}\p{Nd}\p{M}_@/]|[.-][\p{Script=Latin}\p{Nd}])/u
  fc.assert(
    fc.property(markdown, text => {
      expect(mentionsIn(text, new Set(['p'])).length > 0, JSON.stringify(text)).toBe(isMention.test(drawn(text)))
    }),
    { seed: 20261129, numRuns: 400 },
  )
})
