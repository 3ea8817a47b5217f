import type { ReactElement } from 'react'
import { prerender } from 'react-dom/static'
import { expect, test, vi } from 'vitest'
import type { Channel, Turn } from '../../../src/client/client.ts'
import { createClient } from '../../../src/client/client.ts'
import type { EventFrame } from '../../../src/client/frames.ts'
import { type ChannelState, emptyState } from '../../../src/client/state/state.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import {
  ApprovalCard,
  ChatProvider,
  english,
  type Host,
  loadWords,
  People,
  TurnCard,
  UiProvider,
  type UiWords,
} from '../../../src/web/ui/index.ts'

// What is rendered on a server shows the empty state; this shows the channel's.
vi.mock('react', async original => ({
  ...(await original<typeof import('react')>()),
  useSyncExternalStore: (_: unknown, read: () => unknown) => read(),
}))

const ada = { id: 'guest:ada', name: 'Ada', kind: 'guest', role: 'member' } as const
const owl = { id: 'owl', name: 'Owl', description: '', joined: true }
const event = (seq: number, type: string, data: object): EventFrame =>
  ({
    ...{ type, data, seq, id: `e${seq}`, timestamp: new Date(0).toISOString(), channel: 'circle:lobby' },
  }) as unknown as EventFrame
const question = event(1, 'message', {
  ...{ content: 'how?', user_id: ada.id, user_name: 'Ada', client_id: 'c1', hop: 0 },
})
const timeline = new Timeline()
timeline.insert([
  question,
  event(2, 'turn_failed', { agent_id: 'owl', message: 'it broke', in_reply_to: 1, code: 'x', attempts: 1, turn: 't1' }),
  event(3, 'approval_requested', {
    ...{ approval: 'a1', turn: 't2', agent_id: 'owl', description: 'Deploy?', role: 'member' },
    expires_at: '9999-01-01T00:00:00.000Z',
  }),
])
const state = { ...emptyState, self: ada, agents: [owl], entries: timeline.entries } as ChannelState
const entry = (seq: number) => timeline.entry(seq)
const channel = { name: 'circle:lobby', state, subscribe: () => () => {}, entry } as unknown as Channel
const turn: Turn = {
  ...{ turn: 't3', agent_id: 'owl', in_reply_to: 1, state: 'thinking', text: 'So it', index: 0 },
  ...{ attempt: 1, whole: true },
}

async function show(element: ReactElement, { words = english, ...host }: Host & { words?: UiWords } = {}) {
  const client = createClient('http://127.0.0.1:1', { name: 'Ada' })
  const { prelude } = await prerender(
    <UiProvider client={client} words={words} {...host}>
      <ChatProvider channel={channel}>{element}</ChatProvider>
    </UiProvider>,
  )
  return new Response(prelude).text()
}

const at = (seq: number) => timeline.entry(seq) ?? expect.fail(`expected an entry ${seq}`)

test('a turn card shows a turn from its question on: while it runs, and its failure', async () => {
  const running = await show(<TurnCard turn={turn} />)
  for (const text of ['how?', 'So it', 'Stop Owl', 'Owl']) expect(running).toContain(text)
  const failed = await show(<TurnCard entry={at(2)} />)
  expect(failed).toContain('@owl did not answer. It broke.')
  expect(failed).toContain('Ask again')
})

test('an approval card has buttons for those who decide, in the words of the app', async () => {
  const card = await show(<ApprovalCard entry={at(3)} />)
  for (const text of ['Deploy?', 'Approve', 'Reject']) expect(card).toContain(text)
  expect(await show(<ApprovalCard entry={at(1)} />)).not.toContain('Approve')
  const own = { language: 'en', messages: { 'request.approve': 'Go ahead' } }
  expect(await show(<ApprovalCard entry={at(3)} />, { words: own })).toContain('Go ahead')
  expect(await show(<ApprovalCard entry={at(3)} />, { words: await loadWords('de') })).toContain('Genehmigen')
})

const UserId = ({ user }: { user: string }) => <i>{user}</i>

test('names are links only where the app has addresses for them, and are followed by what it adds', async () => {
  expect(await show(<People />)).not.toContain('<a ')
  const shown = await show(<People />, {
    paths: { channel: name => `/at/${name}` },
    PersonActions: UserId,
  })
  expect(shown).toContain('<a class="name" href="/at/agent:owl">Owl</a>')
  expect(shown).toContain('<i>agent:owl</i>')
})
