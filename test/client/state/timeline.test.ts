import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EventFrame } from '../../../src/client/frames.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'

const event = (seq: number, type: string, data: Record<string, unknown>) =>
  ({ type, data, seq, id: `e${seq}`, timestamp: '2026-01-01T00:00:00.000Z', channel: 'circle:lobby' }) as EventFrame
const message = (seq: number, content: string, more: Record<string, unknown> = {}) =>
  event(seq, 'message', { content, user_id: 'u1', user_name: 'Ada', client_id: `c${seq}`, hop: 0, ...more })
const agentReply = (seq: number, in_reply_to: number) =>
  event(seq, 'agent_message', {
    content: 'yes',
    agent_id: 'pickle',
    agent_name: 'Pickle',
    turn: `t${seq}`,
    in_reply_to,
    hop: 1,
  })

const log: EventFrame[] = [
  message(1, 'first'),
  message(2, 'secnd'),
  event(3, 'reaction', { target: 1, emoji: '👍', user_id: 'u2', removed: false }),
  event(4, 'message_edited', { target: 2, content: 'second', user_id: 'u1' }),
  message(5, 'in a thread', { reply_to: 1 }),
  agentReply(6, 5),
  event(7, 'reaction', { target: 1, emoji: '👍', user_id: 'u3', removed: false }),
  event(8, 'reaction', { target: 1, emoji: '👍', user_id: 'u2', removed: true }),
  message(9, 'a mistake'),
  event(10, 'message_edited', { target: 9, content: 'still one', user_id: 'u1' }),
  event(11, 'message_deleted', { target: 9, user_id: 'u1' }),
  event(12, 'approval_requested', {
    approval: 'a1',
    turn: 't9',
    agent_id: 'pickle',
    description: 'Deploy?',
    role: 'member',
  }),
  event(13, 'approval_decided', { approval: 'a1', turn: 't9', decision: 'approved', user_id: 'u1' }),
]

function timelineOf(events: EventFrame[]): Timeline {
  const timeline = new Timeline()
  timeline.insert(events)
  return timeline
}

test('edits, deletions and reactions are folded into the entries they change', () => {
  const { entries } = timelineOf(log)
  expect(entries.map(({ seq, content, edited, deleted }) => [seq, content, edited, deleted])).toEqual([
    [1, 'first', false, false],
    [2, 'second', true, false],
    [5, 'in a thread', false, false],
    [6, 'yes', false, false],
    [9, '', true, true],
    [12, '', false, false],
  ])
  expect(entries[0]?.reactions).toEqual([{ emoji: '👍', users: ['u3'] }])
  expect(entries.at(-1)?.decision).toMatchObject({ decision: 'approved' })
})

test('reactions in two spellings of one emoji count together, and are shown as it is written last', () => {
  const reaction = (seq: number, emoji: string, user_id: string, removed = false) =>
    event(seq, 'reaction', { target: 1, emoji, user_id, removed })
  const spellings = [reaction(2, '\u2764', 'u2'), reaction(3, '\u2764\ufe0f', 'u3'), reaction(4, '\u261d', 'u2')]
  const { entries } = timelineOf([message(1, 'first'), ...spellings, reaction(5, '\u261d\ufe0f', 'u2', true)])
  expect(entries[0]?.reactions).toEqual([{ emoji: '\u2764\ufe0f', users: ['u2', 'u3'] }])
})

test('a thread is its root and the replies to it, including an agent’s reply to a reply', () => {
  const { entries } = timelineOf(log)
  expect(entries.map(({ seq, root, replies }) => [seq, root, replies])).toEqual([
    [1, null, [5, 6]],
    [2, null, []],
    [5, 1, []],
    [6, 1, []],
    [9, null, []],
    [12, null, []],
  ])
})

test('an author’s kind comes from the event, never from a name', () => {
  const { entries } = timelineOf([
    message(1, 'I am a bot', { user_name: 'Pickle', user_id: 'agent:pickle' }),
    agentReply(2, 1),
  ])
  expect(entries.map(({ author }) => author?.kind)).toEqual(['person', 'agent'])
})

test('pages may come in any order, in any pieces, more than once', () => {
  const whole = timelineOf(log).entries
  fc.assert(
    fc.property(fc.shuffledSubarray(log, { minLength: log.length }), fc.array(fc.nat(log.length)), (shuffled, cuts) => {
      const timeline = new Timeline()
      let from = 0
      for (const cut of [...cuts].sort((one, other) => one - other).concat(log.length)) {
        timeline.insert(shuffled.slice(Math.max(0, from - 2), cut))
        from = cut
      }
      expect(timeline.entries).toEqual(whole)
    }),
    { seed: 3, numRuns: 500 },
  )
})

test('an entry that did not change stays the same object, so that it is not rendered again', () => {
  const timeline = timelineOf(log.slice(0, 2))
  const [, second] = timeline.entries
  const before = timeline.entries
  timeline.insert(log.slice(2, 3))
  expect(timeline.entries).not.toBe(before)
  expect(timeline.entries[1]).toBe(second)
  const after = timeline.entries
  timeline.insert(log.slice(0, 3))
  expect(timeline.entries).toBe(after)
})

test('a reply to itself, or to a later message, is in no thread', () => {
  const { entries } = timelineOf([agentReply(1, 1), agentReply(2, 3), agentReply(3, 2), message(4, 'hello')])
  expect(entries.map(({ seq, root }) => [seq, root])).toEqual([1, 2, 3, 4].map(seq => [seq, null]))
})
