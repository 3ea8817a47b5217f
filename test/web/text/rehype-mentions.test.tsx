import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { expect, test } from 'vitest'
import { mentionRanges } from '../../../src/protocol/mentions.ts'
import { rehypeMentions } from '../../../src/web/text/rehype-mentions.ts'

function marked(text: string): string[] {
  const page = renderToStaticMarkup(
    <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeMentions]}>
      {text}
    </ReactMarkdown>,
  )
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
