import type { ReactElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import type { Channel, Turn } from '../../../src/client/client.ts'
import type { EventFrame } from '../../../src/client/frames.ts'
import { type ChannelState, emptyState } from '../../../src/client/state/state.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { personRole } from '../../../src/protocol/roles.ts'
import { mayDecide } from '../../../src/rooms/turns/approvals.ts'
import { ApprovalCard } from '../../../src/web/conversation/events/approval-card.tsx'
import { FailedTurn } from '../../../src/web/conversation/events/failed-turn.tsx'
import { isAsked, isAskedToApprove } from '../../../src/web/conversation/events/is-asked.ts'
import { ApprovalReminder, openApprovals } from '../../../src/web/conversation/events/open-approvals.tsx'
import { StreamingTurn } from '../../../src/web/conversation/message/streaming-turn.tsx'
import { RowContent } from '../../../src/web/conversation/row.tsx'
import { entryRows, pendingRows, type Row } from '../../../src/web/conversation/rows.ts'
import { People } from '../../../src/web/people/people.tsx'
import { ChatProvider } from '../../../src/web/ui/chat-provider.tsx'
import type { ChatActions, ChatState } from '../../../src/web/ui/chat-state.ts'
import '../english.ts'

// What is rendered on a server shows the empty state; this shows the channel's.
vi.mock('react', async original => ({
  ...(await original<typeof import('react')>()),
  useSyncExternalStore: (_: unknown, read: () => unknown) => read(),
}))

const timestamp = new Date(0).toISOString()
const ada = { id: 'guest:ada', name: 'Ada', kind: 'guest', role: 'member' } as const
const bob = { id: 'guest:bob', name: 'Bob', kind: 'guest', role: 'member' } as const
const owl = { id: 'owl', name: 'Owl', description: '', joined: true }

const event = (seq: number, type: string, data: object): EventFrame =>
  ({ type, data, seq, id: `e${seq}`, timestamp, channel: 'circle:lobby' }) as unknown as EventFrame
const question = event(1, 'message', {
  ...{ content: 'why?', user_id: ada.id, user_name: 'Ada', client_id: 'c1', hop: 0 },
})
const request = event(2, 'approval_requested', {
  ...{ approval: 'a1', turn: 't1', agent_id: 'owl', description: 'Deploy?', role: 'member' },
  expires_at: '9999-01-01T00:00:00.000Z',
})
const running: Turn = {
  ...{ turn: 't1', agent_id: 'owl', in_reply_to: 1, state: 'thinking', text: '', index: 0 },
  ...{ attempt: 1, whole: true },
}

function channelOf(events: EventFrame[], state: Partial<ChannelState> = {}): Channel {
  const timeline = new Timeline()
  timeline.insert(events)
  const full = { ...emptyState, self: ada, agents: [owl], entries: timeline.entries, ...state } as ChannelState
  const entry = (seq: number) => timeline.entry(seq)
  return { name: 'circle:lobby', state: full, subscribe: () => () => {}, entry } as unknown as Channel
}

const show = (channel: Channel, turn: Turn): string =>
  renderToStaticMarkup(<StreamingTurn turn={turn} name="Owl" channel={channel} />)

test('[T5] whoever asked and moderators can stop a turn; others are told who can', () => {
  const stopFor = (self: ChannelState['self']) => {
    const [button = ''] = /<button.*?>/.exec(show(channelOf([question], { self }), running)) ?? []
    return [button.includes('disabled=""'), /title="(.*?)"/.exec(button)?.[1]]
  }
  expect(stopFor(ada)).toEqual([false, 'Stop'])
  expect(stopFor({ ...bob, role: 'moderator' })).toEqual([false, 'Stop'])
  expect(stopFor(bob)).toEqual([true, 'Ada or a moderator can stop this'])
})

test('a turn that waits says so, with its place in line, and one that failed once says that it starts again', () => {
  const queued: Turn = { ...running, state: 'queued', attempt: 0 }
  const next: Turn = { ...queued, turn: 't2' }
  const channel = channelOf([question], { turns: [queued, next] })
  expect(show(channel, queued)).toContain('waiting')
  expect(show(channel, next)).toContain('waiting, 2nd in line')
  expect(show(channel, { ...queued, attempt: 1 })).toContain('starting again')
})

const shown = (channel: Channel, element: ReactElement): string =>
  renderToStaticMarkup(<ChatProvider channel={channel}>{element}</ChatProvider>)

test('a request for approval that is not decided stands in the list of agents and above the composer', () => {
  const channel = channelOf([question, request])
  expect(openApprovals(channel.state.entries, 0).map(({ seq }) => seq)).toEqual([2])
  expect(shown(channel, <People />)).toContain('waiting for approval')
  const page = {} as ChatState
  expect(renderToStaticMarkup(<ApprovalReminder channel={channel} page={page} />)).toContain('@owl waits for your')
  const decided = event(3, 'approval_decided', { approval: 'a1', turn: 't1', decision: 'approved', user_id: ada.id })
  expect(openApprovals(channelOf([question, request, decided]).state.entries, 0)).toEqual([])
})

test('[T8] a decision is shown with the name that its user had then, and without one with the id', () => {
  const decided = { approval: 'a1', turn: 't1', decision: 'approved', user_id: 'guest:u-17' }
  const shownWith = (data: object): string => {
    const channel = channelOf([question, request, event(3, 'approval_decided', { ...decided, ...data })])
    const entry = channel.state.entries.find(({ seq }) => seq === 2)
    if (entry === undefined) throw new Error('expected an entry')
    return shown(channel, <ApprovalCard entry={entry} />)
  }
  expect(shownWith({ user_name: 'Ada L.' })).toContain('Approved by Ada L.')
  expect(shownWith({ user_name: 'Ada' })).toContain('Approved by Ada (guest:u-17).') // another Ada is here
  expect(shownWith({})).toContain('Approved by u-17.')
})

test('only whoever asked can ask again after a failure, and the reason is a sentence', () => {
  const failed = event(3, 'turn_failed', {
    ...{ turn: 't1', agent_id: 'owl', in_reply_to: 1, code: 'timeout', message: 'it took too long', attempts: 3 },
  })
  const shown = (self: ChannelState['self']) => {
    const channel = channelOf([question, failed], { self })
    const entry = channel.state.entries.at(-1)
    if (entry === undefined) throw new Error('expected an entry')
    const { event } = entry
    if (event.type !== 'turn_failed') throw new Error('expected a failed turn')
    return renderToStaticMarkup(<FailedTurn event={event} channel={channel} />)
  }
  expect(shown(ada)).toContain('@owl did not answer. It took too long.')
  expect(shown(ada)).toContain('Ask again')
  expect(shown(bob)).not.toContain('Ask again')
})

const showRow = (row: Row | undefined, channel: Channel): string => {
  if (row === undefined) throw new Error('expected a row')
  return renderToStaticMarkup(<RowContent row={row} channel={channel} page={{} as ChatActions} />)
}

test('a reply says what it took', () => {
  const reply = event(2, 'agent_message', {
    ...{ content: 'because', agent_id: 'owl', agent_name: 'Owl', turn: 't1', in_reply_to: 1, hop: 1 },
    usage: { input_tokens: 1_200, output_tokens: 34 },
  })
  const channel = channelOf([question, reply])
  const rows = entryRows({ entries: channel.state.entries, firstUnread: null, older: 'unknown', trimmed: false })
  expect(showRow(rows.at(-1), channel)).toContain(`${(1_234).toLocaleString()} tokens`)
})

test('a message that waits though the connection is up is sent slowly, not kept for later', () => {
  const pending = { id: 'c9', data: { content: 'hi' }, at: 0, state: 'waiting', seq: null, problem: null } as const
  const me = { ...ada, kind: 'person' as const }
  const [row] = pendingRows(undefined, [], [pending], { me, agentName: id => id, now: 0 })
  const { connection } = emptyState
  expect(showRow(row, channelOf([], { connection: { ...connection, downSince: null } }))).toContain('sending slowly')
  expect(showRow(row, channelOf([], { connection: { ...connection, downSince: 1 } }))).toContain('not sent yet')
})

test('[T8] the page shows Approve and Reject exactly to those whose decision the server takes', () => {
  for (const role of personRole.options) {
    for (const users of [undefined, ['guest:ada'], ['guest:bob', 'guest:eve'], []]) {
      for (const except of [undefined, 'guest:ada']) {
        for (const own of personRole.options) {
          const me = { id: 'guest:ada', name: 'Ada', kind: 'guest', role: own } as const
          const data = { role, ...(users && { users }), ...(except && { except }) }
          const approval = {
            id: 'a1',
            turn: 't1',
            expires: 0,
            question: null,
            role,
            users: users ?? null,
            except: except ?? null,
          }
          expect([data, own, isAsked(data, me)]).toEqual([data, own, mayDecide(me, approval, 'rejected')])
          expect([data, own, isAskedToApprove(data, me)]).toEqual([data, own, mayDecide(me, approval, 'approved')])
        }
      }
    }
  }
})
