import { expect, test } from 'vitest'
import { type Acked, check, type Run, type SeenEvent } from './checker.ts'

const at = '2026-11-21T08:00:00.000Z'

function message(seq: number, user: string, id: string, content = `line ${id}`): SeenEvent {
  return { type: 'message', seq, id, timestamp: at, data: { content, user_id: user, client_id: id } }
}
function reply(seq: number, turn: string): SeenEvent {
  return { type: 'agent_message', seq, id: `turn:${turn}`, timestamp: at, data: { content: 'yes', turn } }
}
const ack = (seq: number, user: string, id: string): Acked => ({ user, id, seq, content: `line ${id}` })

const log = [
  message(1, 'ada', 'a1'),
  message(2, 'bob', 'a1'),
  message(3, 'ada', 'a2'),
  reply(4, 't1'),
  message(5, 'bob', 'b2'),
]
const [one, two, three, four, five] = log as [SeenEvent, SeenEvent, SeenEvent, SeenEvent, SeenEvent]

/** A correct run, with some parts replaced. */
function aRun(parts: Partial<Run> = {}): Run {
  const readers = [
    { name: 'whole', sockets: [log], caughtUp: true },
    { name: 'cut twice', sockets: [[one, two], [], [three], [four, five]], caughtUp: true },
    { name: 'late', sockets: [[four, five]], caughtUp: true },
    { name: 'gone', sockets: [[two, three]], caughtUp: false },
  ]
  return { log, acked: [ack(1, 'ada', 'a1'), ack(2, 'bob', 'a1'), ack(5, 'bob', 'b2')], readers, ...parts }
}
const seenBy = (...sockets: SeenEvent[][]) => aRun({ readers: [{ name: 'eve', sockets, caughtUp: true }] })
const rules = (run: Run) => check(run).map(finding => finding.rule)

test('a correct run has no findings', () => {
  expect(check(aRun())).toEqual([])
})

test('[L1] a log with a gap, and one that is out of order', () => {
  expect(rules(aRun({ log: [one, two, four], acked: [], readers: [] }))).toEqual(['L1'])
  expect(rules(aRun({ log: [one, three, two], acked: [], readers: [] }))).toEqual(['L1', 'L1'])
})

test('[L1] a trimmed log starts later and is dense from there', () => {
  expect(check(aRun({ log: log.slice(2), acked: [ack(5, 'bob', 'b2')], readers: [] }))).toEqual([])
})

test('[L3] a sender’s id stored twice is a finding; the same id of two senders is not', () => {
  const doubled = [...log, message(6, 'bob', 'b2')]
  expect(check(aRun({ log: doubled, readers: [] }))).toEqual([
    { rule: 'L3', what: '["bob","b2"] is stored as 5 and as 6' },
  ])
})

test('[L4] an acknowledged message that is lost or differs', () => {
  expect(rules(aRun({ acked: [ack(6, 'ada', 'a3')] }))).toEqual(['L4'])
  expect(rules(aRun({ acked: [ack(2, 'ada', 'a2')] }))).toEqual(['L4'])
  expect(rules(aRun({ acked: [{ ...ack(1, 'ada', 'a1'), content: 'something else' }] }))).toEqual(['L4'])
})

test('[L4] an event that was delivered and is not in the log', () => {
  expect(rules({ ...seenBy([five, message(6, 'ada', 'a3')]), log })).toEqual(['R3', 'L4'])
})

test('[L5] a reader with a gap, a repeated event or two swapped events', () => {
  expect(rules(seenBy([one, two, four, five]))).toEqual(['L5'])
  expect(rules(seenBy([one, two, two, three, four, five]))).toEqual(['L5'])
  expect(rules(seenBy([one, three, two, four, five]))).toEqual(['L5', 'L5', 'L5'])
})

test('[L5] a reader that received another text than the log has', () => {
  expect(rules(seenBy([one, two, message(3, 'ada', 'a2', 'forged'), four, five]))).toEqual(['L5'])
})

test('[R3] a gap, a repeat and a missing end across a reconnect', () => {
  expect(rules(seenBy([one, two], [four, five]))).toEqual(['R3'])
  expect(rules(seenBy([one, two], [two, three, four, five]))).toEqual(['R3'])
  expect(rules(seenBy([one, two], [three, four]))).toEqual(['R3'])
  expect(rules(seenBy([]))).toEqual(['R3'])
})

test('[T3] a turn that both replied and failed', () => {
  const failed: SeenEvent = { type: 'turn_failed', seq: 6, id: 'x', timestamp: at, data: { turn: 't1' } }
  expect(rules(aRun({ log: [...log, failed], readers: [] }))).toEqual(['T3'])
})

test('a later edit or deletion is not a finding', () => {
  const deletion: SeenEvent = { type: 'message_deleted', seq: 6, id: 'd', timestamp: at, data: { target: 1 } }
  const deleted = { ...one, data: { ...one.data, content: '', deleted: true } }
  const run = { log: [deleted, ...log.slice(1), deletion], acked: [ack(1, 'ada', 'a1')] }
  expect(check({ ...run, readers: [{ name: 'eve', sockets: [[...log, deletion]], caughtUp: true }] })).toEqual([])
})
