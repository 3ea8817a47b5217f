import { expect, test } from 'vitest'
import type { Sql, SqlRow, SqlValue } from '../../src/lib/sql.ts'
import { nodeSql } from '../support/node-sql.ts'
import { start, TestRoom } from '../support/test-room.ts'

/** Storage that fails once, at a chosen statement. */
function faulty(): Sql & { failAt: (statement: number) => void; failed: () => boolean } {
  const sql = nodeSql()
  let left = Number.POSITIVE_INFINITY
  const count = () => {
    left -= 1
    if (left === 0) throw new Error('disk I/O error')
  }
  return {
    all<Row extends SqlRow>(statement: string, ...values: SqlValue[]) {
      count()
      return sql.all<Row>(statement, ...values)
    },
    tuples<Row extends readonly SqlValue[]>(statement: string, ...values: SqlValue[]) {
      count()
      return sql.tuples<Row>(statement, ...values)
    },
    transaction: work => sql.transaction(work),
    failAt(statement) {
      left = statement
    },
    failed: () => left <= 0,
  }
}

test('[L4] whichever statement fails, a message is stored whole and acked, or neither; sent again it is stored once', () => {
  let attempts = 0
  for (let statement = 1; ; statement++) {
    const sql = faulty()
    const room = new TestRoom({ name: 'lobby', sql })
    const ada = room.open('ada')
    room.sendMessage(ada, 'before', 'm0')
    room.turnEnded(room.calls.splice(0)[0] as never, { type: 'answered', content: 'yes', truncated: false })
    room.take(ada)
    sql.failAt(statement)
    let threw = false
    try {
      room.sendMessage(ada, '@pickle @owl hello', 'm1')
    } catch {
      threw = true
      expect(room.take(ada).filter(({ type }) => type === 'ack' || type === 'message')).toEqual([])
    }
    if (!sql.failed()) break // a send has fewer statements than this
    attempts += 1
    expect(threw).toBe(true)
    room.hibernate() // as the object does: a new room from storage
    room.sendMessage(ada, '@pickle @owl hello', 'm1')
    const stored = room.room.context.log.after(2, 100).events.filter(({ type }) => type === 'message')
    expect(stored.map(({ id }) => id)).toEqual(['m1'])
    expect(new Set(room.calls.map(({ agent }) => agent))).toEqual(new Set(['pickle', 'owl']))
  }
  expect(attempts).toBeGreaterThan(3)
})

test('[L2] a clock that jumps back keeps the order, and one that jumps ahead ends only what is due', () => {
  const room = new TestRoom()
  const [ada, bob] = [room.open('ada'), room.open('bob', { expires: start + 600_000 })]
  room.sendMessage(ada, 'one')
  room.now -= 3_600_000
  room.sendMessage(ada, 'two')
  const { events } = room.room.context.log.after(0, 10)
  expect(events.map(({ at }) => at)).toEqual([start, start])
  room.now = start + 601_000
  room.step(one => one.alarm(room.now))
  expect(bob.closed).toBe(4401)
})

test('[P2] a reconnect that arrives before the old close is one member with two sessions, then one', () => {
  const room = new TestRoom()
  const observer = room.open('eve')
  const old = room.open('ada')
  const fresh = room.open('ada')
  room.advance(3_000)
  room.disconnect(old)
  room.disconnect(old) // a late close of the same socket
  room.advance(30_000)
  const left = room.take(observer).flatMap(({ data }) => (Array.isArray(data.left) ? data.left : []))
  expect([left, fresh.closed]).toEqual([[], null])
  expect([...room.room.context.presence.sessionsOf('ada')]).toEqual([fresh.id])
})

test('[P1] two sockets of one user that open at the same instant are one member', () => {
  const room = new TestRoom()
  room.open('ada')
  const second = room.open('ada')
  const [welcome] = room.take(second)
  expect(welcome?.data.members).toMatchObject([{ id: 'ada', sessions: 2 }])
})

test.each(['visitor', '訪問者の名前はとても長い'])(
  '[P2] hundreds who join and leave at once as %s exceed an attachment and are still broadcast',
  name => {
    const room = new TestRoom()
    const ada = room.open('ada')
    for (let n = 0; n < 190; n++) room.disconnect(room.open(`${name}${n}`))
    const sessions = Array.from({ length: 190 }, (_, n) => room.open(`${name}${n}`))
    room.advance(2_000)
    room.take(ada)
    for (const session of sessions) room.disconnect(session)
    room.sendMessage(ada, 'hello')
    room.advance(20_000)
    const left = room.take(ada).flatMap(({ data }) => (Array.isArray(data.left) ? data.left : []))
    expect(left).toHaveLength(190)
  },
)
