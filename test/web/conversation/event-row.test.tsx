import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { Channel } from '../../../src/client/client.ts'
import type { EventFrame } from '../../../src/client/frames.ts'
import { emptyState } from '../../../src/client/state/state.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { RowContent } from '../../../src/web/conversation/row.tsx'
import { entryRows } from '../../../src/web/conversation/rows.ts'
import type { ChatActions } from '../../../src/web/ui/chat-state.ts'
import '../english.ts'

const timestamp = new Date(0).toISOString()
const channel = { name: 'circle:lobby', state: emptyState, subscribe: () => () => {}, entry: () => null } as unknown

/** The row of an event as a reader sees it, without its time. */
function textOf(type: string, data: unknown): string {
  const timeline = new Timeline()
  timeline.insert([{ type, data, seq: 1, id: 'e1', timestamp, channel: 'circle:lobby' } as unknown as EventFrame])
  const row = entryRows({ entries: timeline.entries, firstUnread: null, older: 'some', trimmed: false }).at(-1)
  if (row === undefined) throw new Error('expected a row')
  const html = renderToStaticMarkup(<RowContent row={row} channel={channel as Channel} page={{} as ChatActions} />)
  expect(html).toContain('<p class="event"')
  return html
    .replace(/<time.*<\/time>/, '')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&quot;', '"')
    .trim()
}

test('an event is one line: its summary, or its type and data where the page does not know it', () => {
  expect(textOf('member_changed', { user_id: 'ada', muted: true })).toBe('ada was muted ·')
  expect(textOf('poll_created', { question: 'Tea', options: ['yes', 'no'] })).toBe(
    'poll_created { "question": "Tea", "options": [ "yes", "no" ] } ·',
  )
  expect(textOf('poll_closed', { content: { nested: [null] }, user_id: 7 })).toBe(
    'poll_closed { "content": { "nested": [ null ] }, "user_id": 7 } ·',
  )
})
