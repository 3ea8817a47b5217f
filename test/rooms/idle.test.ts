import { expect, test } from 'vitest'
import { TestRoom } from '../support/test-room.ts'

test('[H1] [H3] an idle hour of three native sockets wakes a circle every 125 s at most, and writes nothing else', () => {
  const room = new TestRoom({ hibernates: true })
  const seats = ['ada', 'bob', 'cat'].map(name => room.open(name))
  room.advance(20_000)
  for (const seat of seats) room.take(seat)
  const born = room.starts
  for (let ping = 0; ping < 3_600 / 25; ping++) {
    // The runtime answers pings by itself: all the room ever learns of them is when the last one was.
    for (const seat of seats) room.pings.set(seat.id, room.now)
    room.advance(25_000)
  }
  expect(room.starts - born).toBeLessThanOrEqual(3_600 / 125)
  expect(room.starts - born).toBe(room.alarmCount)
  expect(seats.map(seat => [room.take(seat), seat.closed])).toEqual([
    [[], null],
    [[], null],
    [[], null],
  ])
})

test('[H3] an empty circle is woken by nothing, however long', () => {
  const room = new TestRoom({ hibernates: true })
  const ada = room.open('ada')
  room.sendMessage(ada, 'hello')
  room.disconnect(ada)
  room.advance(20_000)
  const born = room.starts
  room.advance(30 * 86_400_000)
  expect([room.starts - born, room.room.nextAlarm(), room.room.nextTick()]).toEqual([0, null, null])
})
