import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { Channel, Entry } from '../../../src/client/client.ts'
import type { EventFrame } from '../../../src/client/frames.ts'
import { emptyState } from '../../../src/client/state/state.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { DiffText } from '../../../src/web/conversation/events/more-event.tsx'
import { Reactions } from '../../../src/web/conversation/message/reactions.tsx'
import { newestReplies } from '../../../src/web/conversation/newest-replies.ts'
import { RowContent } from '../../../src/web/conversation/row.tsx'
import { entryRows, type MessageRow } from '../../../src/web/conversation/rows.ts'
import type { ChatActions } from '../../../src/web/ui/chat-state.ts'
import '../english.ts'

// What one row of the conversation adds to the page is bounded, whatever people and programs send.

const channel = { name: 'workspace:acme', state: emptyState, subscribe: () => () => {}, entry: () => null } as unknown
const page = {} as ChatActions

function entriesOf(events: readonly object[]): readonly Entry[] {
  const timeline = new Timeline()
  const shared = { timestamp: new Date(0).toISOString(), channel: 'workspace:acme' }
  timeline.insert(
    events.map((event, index) => ({ seq: index + 1, id: `e${index}`, ...shared, ...event }) as EventFrame),
  )
  return timeline.entries
}

const nodesOf = (html: string): number => html.match(/<[a-z]|[^<>]+(?=<)/g)?.length ?? 0

test.each(['\n', '+\n-\n', ' \n+\n', '+a\n+b\n'])('a diff of 16 KiB of %j has fewer than 20,000 nodes', lines => {
  const diff = lines.repeat(16_384 / lines.length)
  const html = renderToStaticMarkup(<DiffText text={diff} />)
  expect(nodesOf(html)).toBeLessThan(20_000)
  expect(html.replace(/<[^>]*>/g, '')).toBe(diff)
})

test('what was added and what was removed can be told apart', () => {
  expect(renderToStaticMarkup(<DiffText text={'@@ -1 +1,2 @@\n-a\n+b\n+c'} />)).toBe(
    '<pre class="code"><span>@@ -1 +1,2 @@\n</span><span data-change="removed">-a\n</span>' +
      '<span data-change="added">+b\n+c\n</span></pre>',
  )
})

test('ten thousand changes to files are many rows, each of a few nodes, with no diff until it is opened', () => {
  const data = { path: 'a.ts', by: 'eve', diff: '+\n-\n'.repeat(4_000) }
  const entries = entriesOf(Array.from({ length: 10_000 }, () => ({ type: 'file_changed', data })))
  const rows = entryRows({ entries, firstUnread: null, older: 'unknown', trimmed: false })
  expect(rows).toHaveLength(101) // the day, and a hundred groups
  const [, row] = rows
  if (row === undefined) throw new Error('expected a row')
  const html = renderToStaticMarkup(<RowContent row={row} channel={channel as Channel} page={page} />)
  expect(nodesOf(html)).toBeLessThan(2_000)
})

test('below a message are thirty emojis and those of the reader, and how many more there are', () => {
  const message = { type: 'message', data: { content: 'x', user_id: 'ada', user_name: 'Ada' } }
  const react = (emoji: string, user_id: string) => ({ type: 'reaction', data: { target: 1, emoji, user_id } })
  const pictures = Array.from({ length: 500 }, (_, n) => String.fromCodePoint(0x1f300 + n))
  const many = [...pictures.map(emoji => react(emoji, 'eve')), react('⭐', 'me')]
  const crowd = Array.from({ length: 1_000 }, (_, n) => react(pictures[0] ?? '', `user-${n}`))
  const [entry] = entriesOf([message, ...many, ...crowd])
  if (entry === undefined) throw new Error('expected an entry')
  const state = { ...emptyState, self: { id: 'me', name: 'Me', role: 'member' } }
  const html = renderToStaticMarkup(
    <Reactions entry={entry} channel={{ ...(channel as Channel), state } as unknown as Channel} />,
  )
  expect(html.match(/<button/g)).toHaveLength(31)
  expect(html).toContain('⭐ 1')
  expect(html).toContain('and 470 more')
  expect(html.length).toBeLessThan(20_000)
})

test('a thread shows its newest replies, and as many as it takes to reach the one that is looked for', () => {
  const replies = Array.from({ length: 1_000 }, (_, n) => ({ key: `${n}`, continued: n > 0, entry: { seq: n } }))
  const rows = replies as unknown as MessageRow[]
  const keysOf = (shown: MessageRow[]) => [shown[0]?.key, shown[0]?.continued, shown.length]
  expect(keysOf(newestReplies(rows, 200, null))).toEqual(['800', false, 200])
  expect(keysOf(newestReplies(rows, 200, 900))).toEqual(['800', false, 200])
  expect(keysOf(newestReplies(rows, 200, 300))).toEqual(['300', false, 700])
  expect(keysOf(newestReplies(rows, 5_000, null))).toEqual(['0', false, 1_000])
  expect(newestReplies([], 200, 7)).toEqual([])
})
