import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { durableSql } from '../../../src/lib/durable-sql.ts'
import { type AttachmentCodec, TestRoom } from '../../support/test-room.ts'

/** A room on the SQLite of a real object, which counts the rows it writes. */
async function withMeteredRoom<Result>(name: string, run: (room: TestRoom, rows: () => number) => Result) {
  return runInDurableObject(env.CIRCLES.get(env.CIRCLES.idFromName(name)), (_, { storage }) => {
    const rows = { read: 0, written: 0 }
    const sql = durableSql(storage, rows)
    const rowsSince = () => {
      const count = rows.written
      rows.written = 0
      return count
    }
    return run(new TestRoom({ sql, codec: json }), rowsSince)
  })
}

const json: AttachmentCodec = {
  encode: attachment => new TextEncoder().encode(JSON.stringify(attachment)),
  decode: bytes => JSON.parse(new TextDecoder().decode(bytes)),
}

test('[L8] a stored message costs two rows, one without an id of its sender, none if it is a repeat', async () => {
  const costs = await withMeteredRoom('cost', (room, rows) => {
    const [native, plain] = [room.open('ada'), room.open('pam', { dialect: 'plain' })]
    rows()
    room.sendMessage(native, 'hello', 'm1')
    const [first] = [rows()]
    room.sendMessage(native, 'hello', 'm1')
    const again = rows()
    room.send(plain, 'hello')
    return { first, again, plain: rows() }
  })
  expect(costs).toEqual({ first: 2, again: 0, plain: 1 })
})

test('[L8] [P1] [P5] connects, disconnects, typing, presence, signals and reads cost no row', async () => {
  const rows = await withMeteredRoom('cheap', (room, rowsSince) => {
    const ada = room.open('ada')
    room.sendMessage(ada, 'hello')
    rowsSince()
    const bob = room.open('bob')
    room.command(bob, 'typing', { active: true }, null)
    room.command(bob, 'presence', { state: { a: 1 } }, null)
    for (let n = 0; n < 60; n++) room.command(bob, 'signal', { name: 'x', value: n }, null)
    room.command(bob, 'read', { seq: 1 }, null)
    room.command(bob, 'ping', {}, null)
    room.advance(10_000)
    room.disconnect(bob)
    room.advance(20_000)
    return rowsSince()
  })
  expect(rows).toBe(0)
})
