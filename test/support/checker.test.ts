import { expect, test } from 'vitest'
import { type Acked, check, type Run, type SeenEvent } from './checker.ts'

const at = '2026-11-21T08:00:00.000Z'

function said(seq: number, user: string, id: string, content = `line ${id}`): SeenEvent {
  return { type: 'message', seq, id, timestamp: at, data: { content, user_id: user, client_id: id } }
}
function answered(seq: number, turn: string): SeenEvent {
  return { type: 'agent_message', seq, id: `turn:${turn}`, timestamp: at, data: { content: 'yes', turn } }
}
const ack = (seq: number, user: string, id: string): Acked => ({ user, id, seq, content: `line ${id}` })

const log = [said(1, 'ada', 'a1'), said(2, 'bob', 'a1'), said(3, 'ada', 'a2'), answered(4, 't1'), said(5, 'bob', 'b2')]
const [one, two, three, four, five] = log as [SeenEvent, SeenEvent, SeenEvent, SeenEvent, SeenEvent]

/** A run without fault, or with the one fault given. */
function aRun(fault: Partial<Run> = {}): Run {
  const readers = [
    { name: 'whole', visits: [log], caughtUp: true },
    { name: 'cut twice', visits: [[one, two], [], [three], [four, five]], caughtUp: true },
    { name: 'late', visits: [[four, five]], caughtUp: true },
    { name: 'gone', visits: [[two, three]], caughtUp: false },
  ]
  return { log, acked: [ack(1, 'ada', 'a1'), ack(2, 'bob', 'a1'), ack(5, 'bob', 'b2')], readers, ...fault }
}
const seenBy = (...visits: SeenEvent[][]) => aRun({ readers: [{ name: 'eve', visits, caughtUp: true }] })
const rules = (run: Run) => check(run).map(finding => finding.rule)

test('a run without fault has no findings', () => {
  expect(check(aRun())).toEqual([])
})

test('[L1] a log with a hole, and one that is out of order', () => {
  expect(rules(aRun({ log: [one, two, four], acked: [], readers: [] }))).toEqual(['L1'])
  expect(rules(aRun({ log: [one, three, two], acked: [], readers: [] }))).toEqual(['L1', 'L1'])
})

test('[L1] a trimmed log begins later, and is dense from there', () => {
  expect(check(aRun({ log: log.slice(2), acked: [ack(5, 'bob', 'b2')], readers: [] }))).toEqual([])
})

test('[L3] one sender and id stored twice; the same id of two senders is fine', () => {
  const doubled = [...log, said(6, 'bob', 'b2')]
  expect(check(aRun({ log: doubled, readers: [] }))).toEqual([
    { rule: 'L3', what: '["bob","b2"] is stored as 5 and as 6' },
  ])
})

test('[L4] an acknowledged message that is lost, or is another one', () => {
  expect(rules(aRun({ acked: [ack(6, 'ada', 'a3')] }))).toEqual(['L4'])
  expect(rules(aRun({ acked: [ack(2, 'ada', 'a2')] }))).toEqual(['L4'])
  expect(rules(aRun({ acked: [{ ...ack(1, 'ada', 'a1'), content: 'something else' }] }))).toEqual(['L4'])
})

test('[L4] an event that was shown and is not in the log', () => {
  expect(rules({ ...seenBy([five, said(6, 'ada', 'a3')]), log })).toEqual(['R3', 'L4'])
})

test('[L5] a reader with a gap, a doubled event, two events swapped', () => {
  expect(rules(seenBy([one, two, four, five]))).toEqual(['L5'])
  expect(rules(seenBy([one, two, two, three, four, five]))).toEqual(['L5'])
  expect(rules(seenBy([one, three, two, four, five]))).toEqual(['L5', 'L5', 'L5'])
})

test('[L5] a reader that was shown another text than the log has', () => {
  expect(rules(seenBy([one, two, said(3, 'ada', 'a2', 'forged'), four, five]))).toEqual(['L5'])
})

test('[R3] a hole, a repeat and an end too early across a reconnect', () => {
  expect(rules(seenBy([one, two], [four, five]))).toEqual(['R3'])
  expect(rules(seenBy([one, two], [two, three, four, five]))).toEqual(['R3'])
  expect(rules(seenBy([one, two], [three, four]))).toEqual(['R3'])
  expect(rules(seenBy([]))).toEqual(['R3'])
})

test('[T3] a turn that was answered and failed as well', () => {
  const failed: SeenEvent = { type: 'turn_failed', seq: 6, id: 'x', timestamp: at, data: { turn: 't1' } }
  expect(rules(aRun({ log: [...log, failed], readers: [] }))).toEqual(['T3'])
})

test('a later edit or deletion is no forgery', () => {
  const deletion: SeenEvent = { type: 'message_deleted', seq: 6, id: 'd', timestamp: at, data: { target: 1 } }
  const kept = { ...one, data: { ...one.data, content: '', deleted: true } }
  const run = { log: [kept, ...log.slice(1), deletion], acked: [ack(1, 'ada', 'a1')] }
  expect(check({ ...run, readers: [{ name: 'eve', visits: [[...log, deletion]], caughtUp: true }] })).toEqual([])
})
