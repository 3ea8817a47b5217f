import { Writable } from 'node:stream'
import { renderToPipeableStream } from 'react-dom/server'
import { beforeAll, expect, test, vi } from 'vitest'
import { MessageBody } from '../../../src/web/text/message-body.tsx'
import { mentionTools } from '../../../src/web/text/use-mention-tools.ts'
import { seeds } from '../../support/random.ts'
import { generatedText, repeatedTexts } from './generated-texts.ts'
import '../english.ts'

const maxBytes = 32_768

beforeAll(async () => {
  vi.stubGlobal('document', { baseURI: 'https://circles.test/c/lobby' })
  await mentionTools.load()
})

/** Renders a message, and waits for what is loaded later. */
function render(text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let html = ''
  const sink = new Writable({
    write(chunk, _, done) {
      html += chunk
      done()
    },
    final: () => resolve(html),
  })
  const { pipe } = renderToPipeableStream(<MessageBody text={text} isStreaming={false} />, {
    onAllReady: () => pipe(sink),
    onError: reject,
  })
  return promise
}

/** Returns how many elements and texts there are, and how deep they are. */
function shapeOf(html: string): { nodes: number; depth: number } {
  let nodes = 0
  let depth = 0
  let deepest = 0
  for (const [tag] of html.matchAll(/<!--.*?-->|<\/?[a-z][^>]*>|[^<]+/g)) {
    if (tag.startsWith('<!--')) continue
    if (tag.startsWith('</')) depth--
    else nodes++
    if (/^<[a-z]/.test(tag) && !/^<(br|hr|input)\b|\/>$/.test(tag)) deepest = Math.max(deepest, ++depth)
  }
  return { nodes, depth: deepest }
}

test('any message of 32 KiB is shown with fewer than 20,000 nodes, at most 120 deep', {
  timeout: 300_000,
}, async () => {
  const texts = [
    ...repeatedTexts(maxBytes).map((text, index) => [`construct ${index}`, text] as const),
    ...seeds(12).map(seed => [`seed ${seed}`, generatedText(seed, maxBytes)] as const),
  ]
  for (const [name, text] of texts) {
    const { nodes, depth } = shapeOf(await render(text))
    expect(nodes, `${name}: ${text.slice(0, 60)}`).toBeLessThan(20_000)
    expect(depth, name).toBeLessThan(120)
  }
})

test('what would take the parser too long is shown as it is', async () => {
  const bombs = [
    `${'>'.repeat(2_000)}a`,
    `${'- '.repeat(40)}a`,
    `${'[^a]: '.repeat(40)}a`,
    Array.from({ length: 40 }, (_, depth) => `${' '.repeat(2 * depth)}- a`).join('\n'),
    `${'|a'.repeat(65)}\n${'|-'.repeat(65)}`,
    `${'|a'.repeat(50)}\n${'|-'.repeat(50)}\n${'|\n'.repeat(101)}`,
    '*a '.repeat(10_000),
    '*a_ '.repeat(8_000),
    '\\[]'.repeat(10_000),
    `${'!['.repeat(3_000)}a${'](b)'.repeat(3_000)}`,
    'a [a](b ('.repeat(3_000),
    `a${'<!-- a '.repeat(4_000)}`,
    `a${'<![CDATA[ '.repeat(3_000)}`,
    `https://a.b/${'&a;'.repeat(9_000)}`,
    '`[`]'.repeat(8_000),
    '-\n'.repeat(16_000),
    '<!--\n```\n-->\n' + '*a_ '.repeat(8_000),
    'a\n    ***\n'.repeat(10) + ']'.repeat(30_000),
    '@a '.repeat(10_000),
  ]
  for (const bomb of bombs) expect((await render(bomb)).slice(0, 60), bomb.slice(0, 40)).toMatch(/^<p class="text">/)
})

test('what people and models write is Markdown, however long it is', async () => {
  const answer =
    '## Step\n\n1. **Run** the `tool` ([docs](https://a.b)).\n\n   ```sh\n   tool "x"\n   ```\n\n- one\n- two\n\n'
  const table = (columns: number, rows: number) =>
    `${'|a'.repeat(columns)}\n${'|-'.repeat(columns)}\n${`${'|b'.repeat(columns)}\n`.repeat(rows)}`
  const texts = [
    answer.repeat(250),
    'Words with *emphasis*, `code`, an [address](https://a.b/c?d=e) and @ada.\n\n'.repeat(400),
    '- **Name**: what it is, see [its page](https://a.b/c) or ask @ada\n'.repeat(450),
    Array.from({ length: 300 }, (_, index) => `${index + 1}. **Name**: what it is, see [its page](https://a.b/c)`).join(
      '\n',
    ),
    `\`\`\`ts\n${'const a = [1, 2].map(x => x["y"]) // *z* _w_ <b>\n'.repeat(600)}\`\`\`\n`,
    `${'> '.repeat(30)}*a*`,
    table(64, 70),
    table(5, 400),
    '- [ ] a task\n- [x] another\n'.repeat(300),
    '* * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * *\n\n> a',
  ]
  for (const text of texts) {
    expect(text.length).toBeLessThan(maxBytes)
    const html = await render(text)
    expect(html.slice(0, 60), text.slice(0, 40)).toMatch(/^(<!--.*?-->)*<div class="text markdown">/)
    expect(shapeOf(html).nodes).toBeLessThan(20_000)
  }
})

test('plain text highlights a thousand mentions at most', async () => {
  const html = await render('@ada '.repeat(3_000).trim())
  expect(html.match(/class="mention"/g)).toHaveLength(1_000)
})

test('links that lead nowhere else are text, and links to the page have no fragment', async () => {
  const html = await render('[a](#token=t) [b](/c/x#token=t) [c](javascript:x) [d](https://a.b/#c) [e][^1]\n\n[^1]: #f')
  expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
    'https://circles.test/c/x',
    'https://a.b/#c',
  ])
})

test('HTML is text, joined with the text around it, and mentions beside it are found', async () => {
  expect(await render('a <b>@ada</b> & *c*')).toMatch(
    /a &lt;b&gt;<b class="mention">@ada<\/b>&lt;\/b&gt; &amp; <em>c<\/em>/,
  )
})
