import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test } from 'vitest'
import { drawTree } from '../../../src/web/text/draw-tree.ts'
import { markDirection } from '../../../src/web/text/mark-direction.ts'
import { markMentions } from '../../../src/web/text/mark-mentions.ts'
import { markdownTree } from '../../../src/web/text/markdown-tree.ts'
import { mentionsWithin } from '../../../src/web/text/mentions.ts'
import { isEmojiOnly, PlainText } from '../../../src/web/text/plain-text.tsx'
import { mentionTools } from '../../../src/web/text/use-mention-tools.ts'
import '../english.ts'

const render = (text: string, names: readonly string[] = []): string =>
  renderToStaticMarkup(drawTree(markdownTree(text, [markMentions(names), markDirection]).children))

beforeAll(() => mentionTools.load())

test('each block of a message has the direction of its own text, and code has none', () => {
  const html = render('**שלום**\n\n- אחת\n- שתיים\n\n> ציטוט\n\n```\ncode\n```')
  expect([...html.matchAll(/<(\w+) dir="auto"/g)].map(([, tag]) => tag)).toEqual(['p', 'ul', 'blockquote'])
})

test('a mention covers a name of several words, if somebody has that name', () => {
  const text = '@Grace Hopper and @Grace Kelly'
  const pieces = (names: readonly string[]) => mentionsWithin(text, names).map(({ from, to }) => text.slice(from, to))
  expect(pieces(['grace hopper', 'Ada'])).toEqual(['@Grace Hopper', '@Grace'])
  expect(pieces(['Grace Hop'])).toEqual(['@Grace', '@Grace'])
  const marked = '<b class="mention">@Grace Hopper</b>'
  expect(render(`_Ask_ ${text}`, ['Grace Hopper'])).toContain(marked)
  expect(renderToStaticMarkup(<PlainText text={text} names={['Grace Hopper']} />)).toContain(marked)
})

test('one to three emojis alone are large', () => {
  const large = ['👍', '❤️', '🇩🇪', '👩🏽‍💻', '🎉 🎉🎉']
  const others = ['👍👍👍👍', 'ok 👍', '', '1', 'a'.repeat(50)]
  expect(large.filter(isEmojiOnly)).toEqual(large)
  expect(others.filter(isEmojiOnly)).toEqual([])
})
