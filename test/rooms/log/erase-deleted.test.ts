import { expect, test } from 'vitest'
import { archiveOf, importInto as replaceLog } from '../../support/import-log.ts'
import { start, TestRoom } from '../../support/test-room.ts'

const line = (seq: number, type: string, data: object) =>
  JSON.stringify({ type, data, timestamp: new Date(start).toISOString(), seq, id: `i${seq}`, user: 'ada' })
const message = (seq: number, more: object = {}) =>
  line(seq, 'message', { content: `secret ${seq}`, user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0, ...more })
const change = (seq: number, type: string, data: object) => line(seq, type, { ...data, user_id: 'ada' })
const file = (seq: number, more: object = {}) =>
  line(seq, 'file_changed', { path: 'a.txt', size: 1, diff: `+secret ${seq}`, by: 'ada', ...more })

const importInto = (room: TestRoom, lines: readonly string[]) => expect(replaceLog(room, lines)).toHaveProperty('value')

test('[W] what is deleted in an imported log is erased from it: texts, edits, diffs and reactions', () => {
  const room = new TestRoom()
  room.open('ada')
  importInto(room, [
    message(1, { meta: { a: 'secret' }, deleted: true }),
    change(2, 'message_edited', { target: 1, content: 'secret edit' }),
    message(3, { meta: { a: 'secret' } }),
    change(4, 'message_edited', { target: 3, content: 'secret edit' }),
    change(5, 'reaction', { target: 3, emoji: '👍', removed: false }),
    change(6, 'message_deleted', { target: 3 }),
    change(7, 'message_edited', { target: 3, content: 'secret edit afterwards' }),
    file(8),
    change(9, 'message_deleted', { target: 8 }),
    file(10, { deleted: true }),
    message(11, { content: 'kept' }),
    change(12, 'message_edited', { target: 11, content: 'kept too' }),
    change(13, 'reaction', { target: 11, emoji: '👍', removed: false }),
  ])
  const log = archiveOf(room)
  expect(log.filter(text => text.includes('secret'))).toEqual([])
  expect(log.map(text => JSON.parse(text).data.deleted === true)).toEqual(
    Array.from({ length: 13 }, (_, index) => [1, 3, 8, 10].includes(index + 1)),
  )
  expect([log[10], log[11]?.includes('kept too')]).toEqual([expect.stringContaining('kept'), true])
  expect(room.sql.all(`SELECT target FROM reactions`)).toEqual([{ target: 11 }])
  expect(room.room.context.search.find('secret', { limit: 10 }).found).toEqual([])
  importInto(room, log)
  expect(archiveOf(room)).toEqual(log) // the same once more
})
