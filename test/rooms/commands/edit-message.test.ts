import { describe, expect, test } from 'vitest'
import { modes, TestRoom } from '../../support/test-room.ts'

describe.each(modes)('editing, $mode', ({ hibernates }) => {
  function newRoom() {
    const room = new TestRoom({ hibernates })
    const [ada, bob, max] = [room.open('ada'), room.open('bob'), room.open('max', { role: 'moderator' })]
    room.sendMessage(ada, 'helo', 'm1')
    room.advance(5_000)
    for (const session of [ada, bob, max]) room.take(session)
    return { room, ada, bob, max }
  }
  type Room = ReturnType<typeof newRoom>
  const history = ({ room, ada }: Room) => {
    room.take(ada)
    room.command(ada, 'history', {}, 'h')
    return room.take(ada)[0]?.data['events'] as { type: string; data: unknown }[]
  }

  test('[N3] [N6] the author edits a message', () => {
    const { room, ada, bob } = newRoom()
    room.command(ada, 'edit', { seq: 1, content: 'hello' }, 'e1')
    const data = { target: 1, content: 'hello', user_id: 'ada' }
    expect(room.take(bob)).toMatchObject([{ type: 'message_edited', seq: 2, id: 'e1', data }])
    expect(room.take(ada).at(-1)?.data).toEqual({ id: 'e1', seq: 2 })
    room.command(ada, 'edit', { seq: 1, content: 'hello' }, 'e1')
    expect(room.take(ada).at(-1)?.data).toEqual({ id: 'e1', seq: 2, duplicate: true })
    expect(room.take(bob)).toEqual([])
  })

  test.each(['bob', 'max'] as const)('[E1] nobody else edits it, not even %s', name => {
    const all = newRoom()
    all.room.command(all[name], 'edit', { seq: 1, content: 'x' }, 'e1')
    expect(all.room.take(all[name])).toMatchObject([{ type: 'error', data: { code: 'forbidden' } }])
  })

  test('[N3] [N6] the author or a moderator deletes a message, nobody else', () => {
    const { room, bob, max } = newRoom()
    room.command(bob, 'delete', { seq: 1 }, 'd1')
    expect(room.take(bob)).toMatchObject([{ type: 'error', data: { code: 'forbidden' } }])
    room.command(max, 'delete', { seq: 1 }, 'd1')
    expect(room.take(bob)).toMatchObject([{ type: 'message_deleted', seq: 2, data: { target: 1, user_id: 'max' } }])
  })

  test('[N3] a deleted text is nowhere in the log, its place stays', () => {
    const all = newRoom()
    const { room, ada } = all
    room.command(ada, 'edit', { seq: 1, content: 'secret again' })
    room.command(ada, 'delete', { seq: 1 })
    expect(history(all).map(({ type, data }) => [type, data])).toEqual([
      ['message', { content: '', user_id: 'ada', user_name: 'Ada', client_id: 'm1', hop: 0, deleted: true }],
      ['message_edited', { target: 1, content: '', user_id: 'ada' }],
      ['message_deleted', { target: 1, user_id: 'ada' }],
    ])
  })

  test.each([
    ['edit', { seq: 9, content: 'x' }],
    ['delete', { seq: 9 }],
    ['react', { seq: 9, emoji: '🙂' }],
    ['edit', { seq: 2, content: 'x' }],
    ['delete', { seq: 2 }],
  ])('[E1] %s of a missing or deleted message: not_found', (type, data) => {
    const { room, ada } = newRoom()
    room.command(ada, 'delete', { seq: 1 })
    room.take(ada)
    room.command(ada, type, data, 'x1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'x1', code: 'not_found' } }])
  })

  test('[N3] [N6] a reaction and its removal are events', () => {
    const { room, ada, bob } = newRoom()
    room.command(bob, 'react', { seq: 1, emoji: '🙂' }, 'r1')
    room.command(bob, 'react', { seq: 1, emoji: '🙂', remove: true }, 'r2')
    expect(room.take(ada)).toMatchObject([
      { type: 'reaction', seq: 2, data: { target: 1, emoji: '🙂', user_id: 'bob', removed: false } },
      { type: 'reaction', seq: 3, data: { target: 1, emoji: '🙂', user_id: 'bob', removed: true } },
    ])
    room.command(bob, 'react', { seq: 1, emoji: '\u0007' }, 'r3')
    expect(room.take(bob).at(-1)).toMatchObject({ type: 'error', data: { code: 'invalid' } })
  })

  test('[A5] a reader amends nothing', () => {
    const { room } = newRoom()
    const eve = room.open('eve', { role: 'reader' })
    room.take(eve)
    for (const [type, data] of [
      ['edit', { seq: 1, content: 'x' }],
      ['delete', { seq: 1 }],
      ['react', { seq: 1, emoji: '🙂' }],
    ] as const) {
      room.command(eve, type, data)
      expect(room.take(eve)).toMatchObject([{ type: 'error', data: { code: 'read_only' } }])
    }
  })
})

test.each(['lol', '\u200b', '\u202e', '👍👍'])('[E1] a reaction is one emoji, and not %j', emoji => {
  const room = new TestRoom()
  const ada = room.open('ada')
  room.sendMessage(ada, 'hi')
  room.take(ada)
  room.command(ada, 'react', { seq: 1, emoji }, 'r1')
  expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'r1', code: 'invalid' } }])
})

test('[L3] an emoji is the same in every spelling', () => {
  const room = new TestRoom()
  const ada = room.open('ada')
  room.sendMessage(ada, 'hi')
  room.take(ada)
  room.command(ada, 'react', { seq: 1, emoji: '❤' }, 'r1')
  room.command(ada, 'react', { seq: 1, emoji: '❤️' }, 'r1')
  expect(room.take(ada)).toMatchObject([
    { type: 'reaction', data: { emoji: '❤️' } },
    { type: 'ack', data: { id: 'r1' } },
    { type: 'ack', data: { id: 'r1', duplicate: true } },
  ])
})
