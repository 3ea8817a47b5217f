import { expect, test } from 'vitest'
import { Ring } from '../../src/relay/ring.ts'

const event = (seq: number) => JSON.stringify({ type: 'message', data: {}, seq })
const filled = (first: number, last: number) => {
  const ring = new Ring()
  for (let seq = first; seq <= last; seq++) ring.add([seq, seq], [event(seq)])
  return ring
}

test('it covers what it can send whole, and no more', () => {
  const ring = filled(3, 6)
  expect([1, 2, 3, 6, 7].map(since => ring.covers(since))).toEqual([false, true, true, true, false])
  expect(ring.between(4, 6)).toEqual([event(5), event(6)])
  expect(ring.between(4, 5)).toEqual([event(5)])
  expect(ring.between(6, 6)).toEqual([])
})

test('an empty one covers nothing', () => {
  expect([new Ring().covers(0), new Ring().serves(0)]).toEqual([false, false])
})

test('[E3] it serves no more at once than a socket may be behind', () => {
  const ring = new Ring()
  const text = (seq: number) => JSON.stringify({ type: 'message', data: { content: 'x'.repeat(30_000) }, seq })
  for (let seq = 1; seq <= 20; seq++) ring.add([seq, seq], [text(seq)])
  expect([11, 12, 20].map(since => [ring.covers(since), ring.serves(since)])).toEqual([
    [true, false],
    [true, true],
    [true, true],
  ])
})

test('[E3] what it serves at once is counted right after it has dropped events, and after it has forgotten all', () => {
  const ring = new Ring()
  const text = (seq: number) =>
    JSON.stringify({ type: 'message', data: { content: 'x'.repeat(seq % 3 === 0 ? 9_000 : 9) }, seq })
  const add = (first: number, last: number) => {
    for (let seq = first; seq <= last; seq++) ring.add([seq, seq], [text(seq)])
  }
  const agrees = (first: number, last: number) => {
    const seqs = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    const size = (since: number) => ring.between(since, last).reduce((sum, one) => sum + one.length, 0)
    expect(seqs.map(since => ring.serves(since))).toEqual(seqs.map(since => size(since) <= 262_144))
    expect(new Set(seqs.map(since => ring.serves(since)))).toEqual(new Set([true, false]))
  }
  add(1, 2_500)
  agrees(500, 2_500)
  ring.clear()
  expect(ring.serves(2_500)).toBe(false)
  add(2_501, 2_700)
  agrees(2_500, 2_700)
})

test('it takes the events out of arrays, and leaves out what has no seq', () => {
  const ring = new Ring()
  ring.add([1, 2], [`[${event(1)},{"type":"presence","data":{}},${event(2)}]`, '{"type":"typing","data":{}}'])
  expect(ring.between(0, 2)).toEqual([event(1), event(2)])
})

test('fewer events than were announced make it forget what came before, and later ones are kept again', () => {
  const ring = filled(3, 6)
  ring.add([7, 8], [event(7)])
  expect([5, 6, 7].map(since => ring.covers(since))).toEqual([false, false, false])
  ring.add([9, 9], [event(9)])
  expect([7, 8, 9].map(since => ring.covers(since))).toEqual([false, true, true])
})

test('it keeps the last 2,000 events', () => {
  const ring = filled(1, 2_005)
  expect([ring.covers(4), ring.covers(5)]).toEqual([false, true])
  expect(ring.between(5, 2_005)).toHaveLength(2_000)
})

test('it keeps at most 8 MiB', () => {
  const ring = new Ring()
  const text = (seq: number) => JSON.stringify({ type: 'message', data: { content: 'x'.repeat(1_000_000) }, seq })
  for (let seq = 1; seq <= 10; seq++) ring.add([seq, seq], [text(seq)])
  expect([ring.covers(1), ring.covers(2)]).toEqual([false, true])
})
