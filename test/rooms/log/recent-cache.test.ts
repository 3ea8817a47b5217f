import { expect, test } from 'vitest'
import type { LoggedEvent } from '../../../src/protocol/events/events.ts'
import { EventLog } from '../../../src/rooms/log/event-log.ts'
import { RecentEvents } from '../../../src/rooms/log/recent-cache.ts'
import { randomChoices, seeds } from '../../support/random.ts'
import { TestRoom } from '../../support/test-room.ts'

const event = (seq: number) => ({ seq }) as LoggedEvent
const seqsOf = (events: readonly LoggedEvent[] | null) => events?.map(({ seq }) => seq) ?? null

function cached(from: number, to: number): RecentEvents {
  const recent = new RecentEvents()
  for (let seq = from; seq <= to; seq++) recent.push(event(seq), 100)
  return recent
}

test('pages that are cached entirely are returned; others are not', () => {
  const recent = cached(5, 9)
  expect([4, 6, 9, 20].map(seq => seqsOf(recent.after(seq, 3)))).toEqual([[5, 6, 7], [7, 8, 9], [], []])
  expect(recent.after(3, 3)).toBeNull()
  expect([8, 10, 99].map(seq => seqsOf(recent.before(seq, 3)))).toEqual([
    [5, 6, 7],
    [7, 8, 9],
    [7, 8, 9],
  ])
  expect(recent.before(7, 3)).toBeNull()
  expect([new RecentEvents().after(0, 1), new RecentEvents().before(1, 1)]).toEqual([null, null])
})

test('the cache is bounded by count and by size, and keeps the newest', () => {
  expect([seqsOf(cached(1, 2_001).after(1_001, 1)), cached(1, 2_001).after(1_000, 1)]).toEqual([[1_002], null])
  const large = new RecentEvents()
  for (let seq = 1; seq <= 40; seq++) large.push(event(seq), 32_768)
  expect([seqsOf(large.after(17, 1)), large.after(10, 1)]).toEqual([[18], null])
})

test('events read from storage are added only if they end where the cache begins', () => {
  const recent = cached(5, 6)
  recent.unshift([event(2), event(3)], [1, 1], 6)
  expect(recent.after(2, 9)).toBeNull()
  recent.unshift([event(3), event(4)], [1, 1], 6)
  expect(seqsOf(recent.after(2, 9))).toEqual([3, 4, 5, 6])
  const empty = new RecentEvents()
  empty.unshift([event(3), event(4)], [1, 1], 9)
  expect(empty.after(2, 9)).toBeNull()
  empty.unshift([event(8), event(9)], [1, 1], 9)
  expect(seqsOf(empty.after(7, 9))).toEqual([8, 9])
})

test('[L5] [R3] after any steps, the cache and storage return the same events', () => {
  for (const seed of seeds(60)) {
    const { roll, chance } = randomChoices(seed)
    const room = new TestRoom({
      limits: { message_burst: 9_999, user_message_burst: 9_999, channel_message_burst: 9_999 },
    })
    const ada = room.open('ada', { role: 'moderator' })
    for (let step = 0; step < 60; step++) {
      const { head } = room.room.context.log
      const kind = roll(12)
      if (kind < 7) room.sendMessage(ada, `message ${step}`)
      else if (kind === 7) room.command(ada, 'edit', { seq: roll(head) + 1, content: `edited ${step}` })
      else if (kind === 8) room.command(ada, 'delete', { seq: roll(head) + 1 })
      else if (kind === 9) room.hibernate()
      else if (kind === 10 && chance(0.2)) room.room.context.log.trim(roll(head) + 1)
      const live = room.room.context.log
      const stored = new EventLog(room.sql)
      const [at, limit] = [roll(head + 3), roll(20) + 1]
      expect(live.after(Math.max(at, live.earliest - 1), limit), `CIRCLES_SEED=${seed}`).toEqual(
        stored.after(Math.max(at, live.earliest - 1), limit),
      )
      expect(live.before(at, limit), `CIRCLES_SEED=${seed}`).toEqual(stored.before(at, limit))
    }
  }
})
