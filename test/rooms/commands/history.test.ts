import { describe, expect, test } from 'vitest'
import { modes, TestRoom } from '../../support/test-room.ts'

type Page = { events: { seq: number }[]; more: boolean }

describe.each(modes)('reading, $mode', ({ hibernates }) => {
  function newRoom(count: number) {
    const room = new TestRoom({ hibernates, limits: { messages_per_second: 1_000, message_burst: 10_000 } })
    const [ada, bob] = [room.open('ada'), room.open('bob')]
    for (let n = 1; n <= count; n++) room.sendMessage(bob, `message ${n}`)
    room.advance(2_000)
    room.take(ada)
    room.take(bob)
    return { room, ada, bob }
  }

  function page(count: number, data: object) {
    const { room, ada } = newRoom(count)
    room.command(ada, 'history', data, 'h1')
    const { id, events, more } = room.takeData<Page & { id: string }>(ada)
    return { id, seqs: events.map(({ seq }) => seq), more }
  }

  test('[N3] history pages from either end', () => {
    const pageOf = (data: object) => page(10, data)
    expect(pageOf({ limit: 3 })).toEqual({ id: 'h1', seqs: [8, 9, 10], more: true })
    expect(pageOf({ before: 4, limit: 3 })).toEqual({ id: 'h1', seqs: [1, 2, 3], more: false })
    expect(pageOf({ before: 5, limit: 3 })).toEqual({ id: 'h1', seqs: [2, 3, 4], more: true })
    expect(pageOf({ after: 0, limit: 3 })).toEqual({ id: 'h1', seqs: [1, 2, 3], more: true })
    expect(pageOf({ after: 7, limit: 3 })).toEqual({ id: 'h1', seqs: [8, 9, 10], more: false })
    expect(pageOf({ after: 10 })).toEqual({ id: 'h1', seqs: [], more: false })
    expect(pageOf({ before: 1 })).toEqual({ id: 'h1', seqs: [], more: false })
    expect(pageOf({ after: 99 })).toEqual({ id: 'h1', seqs: [], more: false })
  })

  test('[E3] a session that confirms what it received is remembered as one that does; without an id it gets no ack', () => {
    const { room, ada, bob } = newRoom(3)
    room.command(ada, 'recv', { seq: 3 }, null)
    room.command(bob, 'recv', { seq: 0 }, 'r1')
    room.command(bob, 'recv', { seq: 4 }, 'r2')
    expect([room.take(ada), room.confirmed]).toEqual([[], [ada.id, bob.id]])
    expect(room.take(bob).map(({ type, data }) => [type, data['id'], data['code']])).toEqual([
      ['ack', 'r1', undefined],
      ['error', 'r2', 'not_found'],
    ])
    expect(room.room.context.sessions.get(ada.id)?.confirmsReceipt).toBe(true)
  })

  test('[N6] an event of history is the native frame that was sent live', () => {
    const { room, ada } = newRoom(0)
    room.sendMessage(ada, 'hello', 'm1')
    const [live] = room.take(ada)
    room.command(ada, 'history', {})
    expect(room.take(ada)[0]?.data['events']).toEqual([live])
  })

  test('[N3] a page ends early if its messages are long, and has `more`', () => {
    const { room, ada, bob } = newRoom(0)
    for (let n = 0; n < 20; n++) {
      room.sendMessage(bob, `${n}`.padEnd(30_000, '.'))
      room.advance(1_000)
    }
    room.take(ada)
    room.command(ada, 'history', { after: 0 })
    const { events, more } = room.takeData<Page>(ada)
    expect([events.map(({ seq }) => seq), more]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], true])
    room.command(ada, 'history', { before: 21 })
    const last = room.takeData<Page>(ada)
    expect([last.events.map(({ seq }) => seq), last.more]).toEqual([[13, 14, 15, 16, 17, 18, 19, 20], true])
  })

  test.each([
    { limit: 0 },
    { limit: -1 },
    { limit: 201 },
    { limit: 1.5 },
    { before: 'x' },
    { before: 0 },
    { after: -1 },
  ])('[E1] history %j is invalid', data => {
    const { room, ada } = newRoom(1)
    room.command(ada, 'history', data, 'h1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'h1', code: 'invalid' } }])
  })

  test('[N3] a read position is broadcast and not stored', () => {
    const { room, ada, bob } = newRoom(2)
    room.command(ada, 'read', { seq: 2 }, null)
    expect(room.take(ada)).toMatchObject([{ type: 'read', data: { seq: 2, user_id: 'ada' } }])
    expect(room.take(bob)).toMatchObject([{ type: 'read', data: { seq: 2, user_id: 'ada' } }])
    room.command(ada, 'read', { seq: 3 }, 'r1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'r1', code: 'not_found' } }])
    expect(room.room.context.log.head).toBe(2)
  })

  test('[N3] a ping is answered, with its id if it has one', () => {
    const { room, ada } = newRoom(0)
    room.command(ada, 'ping', {}, 'p1')
    room.send(ada, '{"type": "ping"}')
    expect(room.take(ada).map(({ type, data }) => [type, data])).toEqual([
      ['pong', { id: 'p1' }],
      ['pong', {}],
    ])
  })
})
