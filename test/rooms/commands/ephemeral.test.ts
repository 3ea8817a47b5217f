import { describe, expect, test } from 'vitest'
import { modes, TestRoom } from '../../support/test-room.ts'

describe.each(modes)('signals, $mode', ({ hibernates }) => {
  function newRoom() {
    const room = new TestRoom({ hibernates })
    const [ada, bob] = [room.open('ada'), room.open('bob')]
    room.advance(2_000)
    room.take(ada)
    room.take(bob)
    return { room, ada, bob }
  }

  test('[N3] a signal goes to everybody else, or to one user’s sockets, and is not stored', () => {
    const { room, ada, bob } = newRoom()
    const tab = room.open('bob')
    const cat = room.open('cat')
    room.advance(2_000)
    for (const session of [ada, bob, tab, cat]) room.take(session)
    room.command(ada, 'signal', { name: 'cursor', value: [1, 2] }, null)
    const frame = { type: 'signal', data: { name: 'cursor', value: [1, 2], user_id: 'ada' } }
    for (const session of [bob, tab, cat]) expect(room.take(session)).toMatchObject([frame])
    room.command(ada, 'signal', { name: 'wave', value: null, to: 'bob' }, 's1')
    for (const session of [bob, tab])
      expect(room.take(session)).toMatchObject([{ type: 'signal', data: { name: 'wave' } }])
    expect(room.take(cat)).toEqual([])
    expect(room.take(ada)).toMatchObject([{ type: 'ack', data: { id: 's1' } }])
    expect(room.room.context.log.head).toBe(0)
  })

  test('[D1] a plain socket is sent signals if it asked for them', () => {
    const { room, ada } = newRoom()
    const asking = room.open('cat', { dialect: 'plain', signals: true })
    const other = room.open('cat', { dialect: 'plain' })
    room.command(ada, 'signal', { name: 'metrics', value: 0.5 }, null)
    room.command(ada, 'signal', { name: 'wave', value: 'hi', to: 'cat' }, null)
    room.command(ada, 'signal', { name: 'wave', value: 'hi', to: 'bob' }, null)
    room.command(ada, 'typing', { active: true }, null)
    room.sendMessage(ada, 'hello')
    const frame = { timestamp: expect.any(String), channel: 'circle:dev' }
    expect(room.take(asking)).toEqual([
      { type: 'signal', data: { name: 'metrics', value: 0.5, user_id: 'ada' }, ...frame },
      { type: 'signal', data: { name: 'wave', value: 'hi', user_id: 'ada' }, ...frame },
      expect.objectContaining({ type: 'message' }),
    ])
    expect(room.take(other).map(({ type }) => type)).toEqual(['message'])
  })

  test.each([
    [{ name: 'x', value: 1, to: 'nobody' }, 'not_found'],
    [{ name: 'x', value: 'x'.repeat(4_095) }, 'too_large'],
    [{ name: 'x' }, 'invalid'],
    [{ value: 1 }, 'invalid'],
  ])('[E1] signal %j', (data, code) => {
    const { room, ada, bob } = newRoom()
    room.command(ada, 'signal', data, 's1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 's1', code } }])
    expect(room.take(bob)).toEqual([])
  })
})

test('[P4] above 200 members, a signal goes to one user only', () => {
  const room = new TestRoom({ limits: { messages_per_second: 1e6, message_burst: 1e6 } })
  const ada = room.open('ada')
  const bob = room.open('bob')
  for (let index = 0; index < 199; index++) room.open(`m${index}`)
  room.take(bob)
  room.command(ada, 'signal', { name: 'cursor', value: 1 }, 's1')
  room.command(ada, 'signal', { name: 'wave', value: 1, to: 'bob' }, 's2')
  const signals = room.take(bob).filter(({ type }) => type === 'signal')
  expect(signals).toMatchObject([{ data: { name: 'wave' } }])
  expect(room.take(ada).filter(({ type }) => type === 'ack')).toHaveLength(2)
})

test('[P1] a presence state that was set without a socket is that of all the user’s sockets', () => {
  const room = new TestRoom()
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  room.advance(2_000)
  for (const session of [ada, bob]) room.take(session)
  expect(room.runCommand('ada', 'presence', { state: { mood: 'curious' } })).toMatchObject({ type: 'ack' })
  room.advance(2_000)
  expect(room.take(bob)).toMatchObject([
    { type: 'presence', data: { changed: [{ id: 'ada', sessions: 1, state: { mood: 'curious' } }] } },
  ])
  expect(room.runCommand('cat', 'presence', { state: {} })).toMatchObject({ data: { code: 'not_found' } })
})

test('[E2] a read position that was sent without a socket reaches those who are connected', () => {
  const room = new TestRoom()
  const bob = room.open('bob')
  room.runCommand('ada', 'message', { content: 'hello' })
  room.take(bob)
  expect(room.runCommand('ada', 'read', { seq: 1 })).toMatchObject({ type: 'ack' })
  expect(room.take(bob)).toMatchObject([{ type: 'read', data: { seq: 1, user_id: 'ada' } }])
})
