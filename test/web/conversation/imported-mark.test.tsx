import { prerender } from 'react-dom/static'
import { expect, test } from 'vitest'
import type { Channel } from '../../../src/client/client.ts'
import type { EventFrame } from '../../../src/client/frames.ts'
import { emptyState } from '../../../src/client/state/state.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { RowContent } from '../../../src/web/conversation/row.tsx'
import { entryRows } from '../../../src/web/conversation/rows.ts'
import { ChatProvider } from '../../../src/web/ui/chat-provider.tsx'
import type { ChatActions } from '../../../src/web/ui/chat-state.ts'
import '../english.ts'

const timestamp = new Date(0).toISOString()
const channel = {
  name: 'circle:lobby',
  state: emptyState,
  subscribe: () => () => {},
  entry: () => null,
} as unknown as Channel

/** The row of an event as the page shows it, once it has loaded what it needs for that. */
async function show(event: { type: string; data: object; origin?: object }): Promise<string> {
  const timeline = new Timeline()
  timeline.insert([{ ...event, seq: 1, id: 'e1', timestamp, channel: channel.name } as unknown as EventFrame])
  const row = entryRows({ entries: timeline.entries, firstUnread: null, older: 'some', trimmed: false }).at(-1)
  if (row === undefined) throw new Error('expected a row')
  const { prelude } = await prerender(
    <ChatProvider channel={channel}>
      <RowContent row={row} channel={channel} page={{} as ChatActions} />
    </ChatProvider>,
  )
  return new Response(prelude).text()
}

test.each([
  ['message', { content: 'Hi', user_id: 'ada', user_name: 'Ada', client_id: 'c1', hop: 0 }],
  ['agent_message', { content: 'Hi', agent_id: 'owl', agent_name: 'Owl', turn: 't1', in_reply_to: 1, hop: 1 }],
  ['agent_left', { agent_id: 'owl', agent_name: 'Owl', user_id: 'ada' }],
  ['turn_failed', { agent_id: 'owl', message: 'It broke.', in_reply_to: 1 }],
  ['approval_requested', { agent_id: 'owl', description: 'Go?', approval: 'a', role: 'member', expires_at: timestamp }],
])('a %s that was imported is marked, with who imported it', async (type, data) => {
  const mark = /<span class="badge" title="mod imported this\.[^"]*">imported<\/span>/
  expect(await show({ type, data, origin: { imported_by: 'mod' } })).toMatch(mark)
  expect(await show({ type, data })).not.toContain('imported')
})
