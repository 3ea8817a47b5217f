import { expect, test } from 'vitest'
import { AwarenessTable } from '../../src/documents/awareness.ts'

const start = Date.UTC(2026, 10, 21, 9)

/** The clock that the others are sent of a client whose session says something now. */
function sentClock(table: AwarenessTable, clock: number, now: number, isFirst = false): number | undefined {
  const arrival = { isFirst, now, isSame: () => false }
  return table.receive('ada', [{ client: 3, clock, state: '{"at":1}' }], arrival)[0]?.entry.clock
}

test('[Y6] a client that goes on from the clock it was told, after a sleep, is not told far ahead of the time', () => {
  const before = new AwarenessTable()
  const first = sentClock(before, 1, start, true) ?? 0
  const after = new AwarenessTable()
  after.restore('ada', before.clientsOf('ada'))
  const second = sentClock(after, first + 1, start + 3_000) ?? 0
  expect(second).toBeGreaterThan(first)
  expect(second).toBeLessThanOrEqual((start + 3_000) / 10)
  const third = sentClock(after, first + 2, start + 3_100) ?? 0
  expect(third).toBe(second + 1)
  expect(after.leave('ada', start + 4_000)[0]?.entry.clock).toBeGreaterThan(third)

  const next = new AwarenessTable() // what was told is less than what anybody is told later
  expect(sentClock(next, 4, start + 5_000, true)).toBeGreaterThan(third)
})

test('[Y6] a client that counts on as before a sleep is told so', () => {
  const before = new AwarenessTable()
  const first = sentClock(before, 1, start, true) ?? 0
  const after = new AwarenessTable()
  after.restore('ada', before.clientsOf('ada'))
  expect(sentClock(after, 2, start + 3_000)).toBe(first + 2)
})
