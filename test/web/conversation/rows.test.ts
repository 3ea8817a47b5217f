import { expect, test } from 'vitest'
import type { PendingMessage, Turn } from '../../../src/client/client.ts'
import type { EventFrame } from '../../../src/client/frames.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { filesText } from '../../../src/web/conversation/events/event-group.tsx'
import { entryRows, pendingRows } from '../../../src/web/conversation/rows.ts'
import '../english.ts'

const minute = 60_000
const noon = new Date(2026, 0, 5, 12).getTime()
const me = { id: 'guest:ada', name: 'Ada', kind: 'person' as const }

function message(seq: number, user: string, at: number): EventFrame {
  const data = { content: `message ${seq}`, user_id: `guest:${user}`, user_name: user, client_id: `c${seq}`, hop: 0 }
  return { type: 'message', data, seq, id: `c${seq}`, timestamp: new Date(at).toISOString(), channel: 'circle:lobby' }
}

function entriesOf(...events: EventFrame[]) {
  const timeline = new Timeline()
  timeline.insert(events)
  return timeline.entries
}

const summary = (rows: ReturnType<typeof entryRows>) =>
  rows.map(row => (row.kind === 'message' ? `${row.continued ? '+' : ''}${row.author.name}` : row.kind))

test('messages are grouped by author while they are close in time, and by day', () => {
  const entries = entriesOf(
    message(1, 'ada', noon),
    message(2, 'ada', noon + minute),
    message(3, 'ada', noon + 20 * minute),
    message(4, 'bob', noon + 21 * minute),
    message(5, 'bob', noon + 24 * 60 * minute),
  )
  expect(summary(entryRows({ entries, firstUnread: null, older: 'none', trimmed: false }))).toEqual([
    'start',
    'day',
    'ada',
    '+ada',
    'ada',
    'bob',
    'day',
    'bob',
  ])
})

test('a message that was imported does not continue one that was not', () => {
  const imported = (seq: number, by: string) => ({ ...message(seq, 'ada', noon), origin: { imported_by: by } })
  const entries = entriesOf(imported(1, 'mod'), imported(2, 'mod'), imported(3, 'eve'), message(4, 'ada', noon))
  expect(summary(entryRows({ entries, firstUnread: null, older: 'some', trimmed: false })).slice(2)).toEqual([
    'ada',
    '+ada',
    'ada',
    'ada',
  ])
})

test('the first unread message begins a new group, below a divider', () => {
  const entries = entriesOf(message(1, 'ada', noon), message(2, 'ada', noon), message(3, 'ada', noon))
  expect(summary(entryRows({ entries, firstUnread: 2, older: 'some', trimmed: false }))).toEqual([
    'older',
    'day',
    'ada',
    'unread',
    'ada',
    '+ada',
  ])
})

test('the row above the oldest message and the divider have another key as soon as they stand above another one', () => {
  const keysOf = (firstUnread: number, ...entries: ReturnType<typeof entriesOf>) =>
    entryRows({ entries, firstUnread, older: 'some', trimmed: false })
      .filter(({ kind }) => kind === 'older' || kind === 'unread')
      .map(({ key }) => key)
  const [first, second, third] = entriesOf(message(1, 'ada', noon), message(2, 'bob', noon), message(3, 'ada', noon))
  if (!first || !second || !third) throw new Error('expected three entries')
  const keys = [...keysOf(3, second, third), ...keysOf(2, first, second, third)]
  expect([keys.length, new Set(keys).size]).toEqual([4, 4])
})

test('a row that has not changed is the same object', () => {
  const entries = entriesOf(message(1, 'ada', noon), message(2, 'bob', noon))
  const options = { entries, firstUnread: null, older: 'none', trimmed: false } as const
  expect(entryRows(options).at(-1)).toBe(entryRows(options).at(-1))
})

test('a pending message and a turn have the key of the entry that they become', () => {
  const pending: PendingMessage = {
    id: 'c9',
    data: { content: 'hi' },
    at: noon,
    state: 'waiting',
    seq: null,
    problem: null,
  }
  const turn: Turn = {
    turn: 't1',
    agent_id: 'pickle',
    in_reply_to: 1,
    state: 'thinking',
    text: 'Hel',
    index: 1,
    attempt: 1,
    whole: true,
  }
  const rows = pendingRows(undefined, [turn], [pending], { me, agentName: () => 'Pickle', now: noon })
  expect(rows.map(({ key, author, content }) => [key, author.name, content])).toEqual([
    ['turn:t1', 'Pickle', 'Hel'],
    ['guest:ada c9', 'Ada', 'hi'],
  ])
  const [entry] = entriesOf({ ...message(9, 'ada', noon), id: 'c9' })
  expect(entry?.key).toBe('guest:ada c9')
})

test('a turn is shown from the moment it waits', () => {
  const queued = { turn: 't1', agent_id: 'pickle', in_reply_to: 1, state: 'queued', text: '', index: 0 } as const
  const turn: Turn = { ...queued, attempt: 0, whole: true }
  const [row] = pendingRows(undefined, [turn], [], { me, agentName: id => id, now: noon })
  expect([row?.key, row?.turn?.state]).toEqual(['turn:t1', 'queued'])
})

function reply(seq: number, prompt: number): EventFrame {
  const data = { content: 'so', agent_id: 'owl', agent_name: 'Owl', turn: `t${seq}`, in_reply_to: prompt, hop: 1 }
  const timestamp = new Date(noon).toISOString()
  return { type: 'agent_message', data, seq, id: `turn:t${seq}`, timestamp, channel: 'circle:lobby' } as EventFrame
}

test('replies of an agent are not one group, and each leads to its question unless that is above it', () => {
  const entries = entriesOf(message(1, 'ada', noon), message(2, 'bob', noon), reply(3, 1), reply(4, 2), reply(5, 4))
  const rows = entryRows({ entries, firstUnread: null, older: 'some', trimmed: false })
  expect(summary(rows).slice(2)).toEqual(['ada', 'bob', 'Owl', 'Owl', 'Owl'])
  expect(rows.map(row => (row.kind === 'message' ? row.prompt : null)).slice(2)).toEqual([null, null, 1, 2, null])
})

test('a group lasts five minutes from its first message, however close together they are', () => {
  const entries = entriesOf(...[1, 2, 3, 4].map(seq => message(seq, 'ada', noon + seq * 2 * minute)))
  const rows = entryRows({ entries, firstUnread: null, older: 'some', trimmed: false })
  expect(summary(rows).slice(2)).toEqual(['ada', '+ada', '+ada', 'ada'])
})

test('the first reply of a thread does not continue the message that it replies to', () => {
  const root = message(1, 'ada', noon)
  const first = message(2, 'ada', noon)
  const entries = entriesOf(root, { ...first, data: { ...first.data, reply_to: 1 } } as EventFrame)
  const rows = entryRows({ entries, firstUnread: null, older: 'unknown', trimmed: false })
  expect(summary(rows)).toEqual(['day', 'ada', 'ada'])
})

test('changes to files by one person are one row, and so are the steps of one turn', () => {
  const event = (seq: number, type: string, data: object): EventFrame => {
    const timestamp = new Date(noon).toISOString()
    return { type, data, seq, id: `e${seq}`, timestamp, channel: 'workspace:acme' } as unknown as EventFrame
  }
  const file = (seq: number, by: string) => event(seq, 'file_changed', { path: `${seq}.ts`, by })
  const step = (seq: number, turn: string) => event(seq, 'agent_activity', { turn, activity: 'status', channel: 'x' })
  const entries = entriesOf(file(1, 'ada'), file(2, 'ada'), file(3, 'bob'), step(4, 't1'), step(5, 't1'), step(6, 't2'))
  const options = { entries, firstUnread: null, older: 'unknown', trimmed: false } as const
  const rows = entryRows(options)
  expect(rows.map(row => (row.kind === 'group' ? row.entries.map(({ seq }) => seq) : row.kind))).toEqual([
    'day',
    [1, 2],
    'event',
    [4, 5],
    'event',
  ])
  expect(entryRows(options)[1]).toBe(rows[1])
  expect(filesText(entries.slice(0, 2))).toBe('ada: 2 files changed')
  const mixed = entriesOf(event(1, 'file_created', { path: 'a' }), file(2, 'ada'))
  expect(filesText(mixed)).toBe('1 file created, 1 file changed')
})
