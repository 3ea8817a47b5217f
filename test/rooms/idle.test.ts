import { expect, test } from 'vitest'
import { TestRoom } from '../support/test-room.ts'

test('[H1] [H3] an idle hour of three native sockets wakes a circle every 125 s at most, and sends nothing', () => {
  const room = new TestRoom({ hibernates: true })
  const sessions = ['ada', 'bob', 'cat'].map(name => room.open(name))
  room.advance(20_000)
  for (const session of sessions) room.take(session)
  const starts = room.starts
  for (let ping = 0; ping < 3_600 / 25; ping++) {
    // The runtime answers pings by itself: the room only learns the time of the last one.
    for (const session of sessions) room.pings.set(session.id, room.now)
    room.advance(25_000)
  }
  expect(room.starts - starts).toBeLessThanOrEqual(3_600 / 125)
  expect(room.starts - starts).toBe(room.alarmCount)
  expect(sessions.map(session => [room.take(session), session.closed])).toEqual([
    [[], null],
    [[], null],
    [[], null],
  ])
})

test('[H3] an empty circle is never woken', () => {
  const room = new TestRoom({ hibernates: true })
  const ada = room.open('ada')
  room.sendMessage(ada, 'hello')
  room.disconnect(ada)
  room.advance(20_000)
  const starts = room.starts
  room.advance(30 * 86_400_000)
  expect([room.starts - starts, room.room.nextAlarm(), room.room.nextTick()]).toEqual([0, null, null])
})
