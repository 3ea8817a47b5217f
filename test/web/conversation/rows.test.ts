import { expect, test } from 'vitest'
import type { PendingMessage, Turn } from '../../../src/client/client.ts'
import type { EventFrame } from '../../../src/client/frames.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { pendingRows, rowsOf } from '../../../src/web/conversation/rows.ts'

const minute = 60_000
const noon = new Date(2026, 0, 5, 12).getTime()
const me = { id: 'guest:ada', name: 'Ada', kind: 'person' as const }

function said(seq: number, user: string, at: number): EventFrame {
  const data = { content: `line ${seq}`, user_id: `guest:${user}`, user_name: user, client_id: `c${seq}`, hop: 0 }
  return { type: 'message', data, seq, id: `c${seq}`, timestamp: new Date(at).toISOString(), channel: 'circle:lobby' }
}

function entriesOf(...events: EventFrame[]) {
  const timeline = new Timeline()
  timeline.insert(events)
  return timeline.entries
}

const show = (rows: ReturnType<typeof rowsOf>) =>
  rows.map(row => (row.kind === 'line' ? `${row.continued ? '+' : ''}${row.author.name}` : row.kind))

test('lines are grouped by author while they follow each other closely, and by day', () => {
  const entries = entriesOf(
    said(1, 'ada', noon),
    said(2, 'ada', noon + minute),
    said(3, 'ada', noon + 20 * minute),
    said(4, 'bob', noon + 21 * minute),
    said(5, 'bob', noon + 24 * 60 * minute),
  )
  expect(show(rowsOf({ entries, newFrom: null, older: 'none', trimmed: false }))).toEqual([
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

test('the first new line begins a group of its own, under a mark', () => {
  const entries = entriesOf(said(1, 'ada', noon), said(2, 'ada', noon), said(3, 'ada', noon))
  expect(show(rowsOf({ entries, newFrom: 2, older: 'some', trimmed: false }))).toEqual([
    'older',
    'day',
    'ada',
    'new',
    'ada',
    '+ada',
  ])
})

test('a row that did not change is the same object', () => {
  const entries = entriesOf(said(1, 'ada', noon), said(2, 'bob', noon))
  const options = { entries, newFrom: null, older: 'none', trimmed: false } as const
  expect(rowsOf(options).at(-1)).toBe(rowsOf(options).at(-1))
})

test('a draft and a turn have the key of the line that they become', () => {
  const draft: PendingMessage = {
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
  const rows = pendingRows(undefined, [turn], [draft], { me, agentName: () => 'Pickle', now: noon })
  expect(rows.map(({ key, author, content }) => [key, author.name, content])).toEqual([
    ['turn:t1', 'Pickle', 'Hel'],
    ['guest:ada c9', 'Ada', 'hi'],
  ])
  const [entry] = entriesOf({ ...said(9, 'ada', noon), id: 'c9' })
  expect(entry?.key).toBe('guest:ada c9')
})

test('a turn that waits for its agent is not shown as an answer', () => {
  const queued = { turn: 't1', agent_id: 'pickle', in_reply_to: 1, state: 'queued', text: '', index: 0 } as const
  const turn: Turn = { ...queued, attempt: 1, whole: true }
  expect(pendingRows(undefined, [turn], [], { me, agentName: id => id, now: noon })).toEqual([])
})
