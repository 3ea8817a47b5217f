import { expect, test } from 'vitest'
import { TestRoom } from '../../support/test-room.ts'

test('[L5] a clock that jumps back does not reorder the log', () => {
  const room = new TestRoom()
  const ada = room.open('ada')
  room.sendMessage(ada, 'now')
  room.now -= 3_600_000
  room.sendMessage(ada, 'an hour ago')
  room.now += 7_200_000
  room.sendMessage(ada, 'an hour later')
  const times = room.take(ada).flatMap(({ type, timestamp }) => (type === 'message' ? [String(timestamp)] : []))
  expect(times).toHaveLength(3)
  expect(times).toEqual(times.toSorted())
})

test('[E1] a clock that jumps back rate-limits nobody', () => {
  const room = new TestRoom()
  const ada = room.open('ada')
  room.sendMessage(ada, 'now')
  room.take(ada)
  room.now -= 3_600_000
  for (let n = 0; n < 15; n++) room.sendMessage(ada, `message ${n}`)
  expect(room.take(ada).filter(({ type }) => type === 'error')).toEqual([])
})

test('[P5] [H3] a clock that jumps ahead ends each thing once', () => {
  const room = new TestRoom()
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  room.advance(2_000)
  room.command(ada, 'typing', { active: true }, null)
  room.take(bob)
  room.now += 60_000
  room.advance(0)
  expect(room.take(bob).map(({ type, data }) => [type, data.active])).toEqual([['typing', false]])
  room.now += 86_400_000
  room.advance(0)
  expect([ada.closed, bob.closed]).toEqual([4408, 4408])
})
