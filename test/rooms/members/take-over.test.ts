import { expect, test } from 'vitest'
import { TestRoom } from '../../support/test-room.ts'

const found = (room: TestRoom, name: string) => room.manageMembers(name, { do: 'found' })
const isRefused = (result: object): boolean => 'refused' in result

test('[C3] a channel that nobody founded goes to whoever wrote its first message, and to nobody else', () => {
  const room = new TestRoom()
  room.sendMessage(room.open('ada'), 'hello')
  room.sendMessage(room.open('bob'), 'hello, Ada')
  expect(isRefused(found(room, 'bob'))).toBe(true)
  expect(isRefused(found(room, 'ada'))).toBe(false)
  expect(room.manageMembers('ada', { do: 'list' })).toMatchObject({ members: [{ id: 'ada', role: 'owner' }, {}] })
  expect(isRefused(found(room, 'ada'))).toBe(true) // it has an owner now
})

test('[C3] the writer of a message that was imported began nothing', () => {
  const room = new TestRoom()
  room.sendMessage(room.open('ada'), 'hello')
  room.room.context.sql.all(`UPDATE events SET origin = '{"imported_by":"olga"}' WHERE seq = 1`)
  expect(isRefused(found(room, 'ada'))).toBe(true)
})
