import { expect, test } from 'vitest'
import type { DeliveredEvent } from '../../../../src/protocol/dialects/native.ts'
import type { TryResult } from '../../../../src/rooms/log/log-follower.ts'
import { SinkQueue, sinks } from '../../../../src/rooms/outbound/sinks/queue.ts'
import type { Sink } from '../../../../src/rooms/outbound/sinks/setting.ts'
import type { ComponentDefinition } from '../../../../src/rooms/tables.ts'
import { nodeSql } from '../../../support/node-sql.ts'
import { TestRoom } from '../../../support/test-room.ts'

const audit: Sink = { id: 'queue:AUDIT', to: 'queue', binding: 'AUDIT', channels: ['circle:*'], events: null }
const mirror: Sink = { ...audit, id: 'service:MIRROR', to: 'service', binding: 'MIRROR', events: ['reaction'] }
const down: TryResult = { ok: false, error: 'Error: down', gone: false }

/** A circle with sinks; the test plays them. */
function newRoom(configured: readonly Sink[] = [audit], sql = nodeSql()) {
  const sent: [string, DeliveredEvent][] = []
  const components: ComponentDefinition[] = [sinks(configured, ({ id }, event) => void sent.push([id, event]))]
  const room = new TestRoom({ sql, tables: { components } })
  const queue = () => room.room.context.components.get(SinkQueue)
  const end = (id: string, seq: number, result: TryResult = { ok: true }) =>
    room.step(context => context.run(() => queue().finished(id, seq, result, room.now), room.now))
  const wake = () => room.step(context => context.run(() => queue().onAlarm(), room.now))
  const take = () => sent.splice(0).map(([id, { seq }]) => [id, seq])
  return { room, sql, sent, queue, end, wake, take }
}

test('[W] a sink receives each event as a webhook does, in order, each after the one before was taken', () => {
  const { room, sent, end, take } = newRoom()
  const ada = room.open('ada')
  room.sendMessage(ada, 'one')
  room.sendMessage(ada, 'two')
  expect(sent).toEqual([
    [
      'queue:AUDIT',
      {
        type: 'message',
        seq: 1,
        channel: 'circle:dev',
        epoch: room.room.context.settings.epoch,
        id: expect.any(String),
        timestamp: '2026-11-21T09:00:00.000Z',
        data: expect.objectContaining({ content: 'one', user_id: 'ada' }),
      },
    ],
  ])
  take()
  end('queue:AUDIT', 1)
  expect(take()).toEqual([['queue:AUDIT', 2]])
  end('queue:AUDIT', 2)
  expect(take()).toEqual([])
})

test('[W] each sink has its own position, and only the types it asks for', () => {
  const { room, end, take } = newRoom([audit, mirror])
  const ada = room.open('ada')
  room.sendMessage(ada, 'one')
  room.command(ada, 'react', { seq: 1, emoji: '👍' })
  expect(take()).toEqual([
    ['queue:AUDIT', 1],
    ['service:MIRROR', 2],
  ])
  end('service:MIRROR', 2)
  expect(take()).toEqual([])
  end('queue:AUDIT', 1)
  expect(take()).toEqual([['queue:AUDIT', 2]])
})

test('[W] a sink that fails is tried again for as long as it takes, at least once an hour, and misses nothing', () => {
  const { room, queue, end, wake, take } = newRoom()
  room.sendMessage(room.open('ada'), 'one')
  const delays: number[] = []
  for (let attempt = 0; attempt < 40; attempt++) {
    expect(take()).toEqual([['queue:AUDIT', 1]])
    end('queue:AUDIT', 1, down)
    const due = queue().nextAlarm() ?? 0
    delays.push((due - room.now) / 1000)
    room.now = due
    wake()
  }
  expect(delays.slice(0, 14)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600])
  expect(room.now - Date.UTC(2026, 10, 21, 9)).toBeGreaterThan(24 * 3_600_000)
  expect(take()).toEqual([['queue:AUDIT', 1]])
})

test('[W] a crash loses nothing: what was on its way is sent again, what was taken is not', () => {
  const { room, end, wake, take } = newRoom()
  const ada = room.open('ada')
  room.sendMessage(ada, 'one')
  room.sendMessage(ada, 'two')
  end('queue:AUDIT', 1)
  take()
  room.crash()
  room.now += 30_000
  wake()
  expect(take()).toEqual([['queue:AUDIT', 2]])
})

test('[W] an event that was stored before the first delivery of all is sent after a crash', () => {
  const { room, wake, take } = newRoom()
  room.sendMessage(room.open('ada'), 'one')
  take()
  room.crash()
  wake()
  expect(take()).toEqual([['queue:AUDIT', 1]])
})

test('[W] a sink that is new begins with the next event; one that comes back goes on where it stopped', () => {
  const { room, sql, take } = newRoom([])
  const ada = room.open('ada')
  room.sendMessage(ada, 'before')
  const later = newRoom([audit], sql)
  later.room.sendMessage(later.room.open('bob'), 'after')
  expect([take(), later.take()]).toEqual([[], [['queue:AUDIT', 2]]])
  later.end('queue:AUDIT', 2)
  const without = newRoom([], sql)
  without.room.sendMessage(without.room.open('cat'), 'meanwhile')
  const again = newRoom([audit], sql)
  again.wake()
  expect(again.take()).toEqual([['queue:AUDIT', 3]])
})
