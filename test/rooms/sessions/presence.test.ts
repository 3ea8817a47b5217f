import { describe, expect, test } from 'vitest'
import { modes, TestRoom, type TestSession } from '../../support/test-room.ts'

const member = (id: string, sessions: number, more: object = {}) => {
  return { id, name: id.charAt(0).toUpperCase() + id.slice(1), kind: 'person', role: 'member', sessions, ...more }
}

describe.each(modes)('presence, $mode', ({ hibernates }) => {
  function newRoom() {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada')
    room.advance(2_000)
    room.take(ada)
    return { room, ada }
  }
  const diffs = (room: TestRoom, session: TestSession) => {
    return room.take(session).flatMap(({ type, data }) => (type === 'presence' ? [data] : []))
  }
  const nobody = { joined: [], left: [], changed: [] }

  test('[P1] a join: the others receive a diff, the new session a roster', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    expect(diffs(room, ada)).toEqual([{ ...nobody, joined: [member('bob', 1)], count: 2 }])
    expect(room.take(bob).map(({ type }) => type)).toEqual(['welcome'])
  })

  test('[P1] one entry per user, with its number of sessions', () => {
    const { room, ada } = newRoom()
    const [, tab] = [room.open('bob'), room.open('bob')]
    room.advance(1_000)
    expect(diffs(room, ada)).toEqual([
      { ...nobody, joined: [member('bob', 1)], count: 2 },
      { ...nobody, changed: [member('bob', 2)], count: 2 },
    ])
    room.disconnect(tab)
    room.advance(20_000)
    expect(diffs(room, ada)).toEqual([{ ...nobody, changed: [member('bob', 1)], count: 2 }])
  })

  test('[P1] at most one frame a second, with all changes', () => {
    const { room, ada } = newRoom()
    room.open('bob')
    for (const name of ['cat', 'dan', 'eve']) room.open(name)
    expect(diffs(room, ada)).toHaveLength(1)
    room.advance(999)
    expect(diffs(room, ada)).toEqual([])
    room.advance(1)
    expect(diffs(room, ada)).toEqual([
      { ...nobody, joined: ['cat', 'dan', 'eve'].map(name => member(name, 1)), count: 5 },
    ])
  })

  test('[P2] a leave is sent 10 s after the last session closed', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    room.advance(1_000)
    room.take(ada)
    room.disconnect(bob)
    room.advance(9_999)
    expect(diffs(room, ada)).toEqual([])
    room.advance(1)
    expect(diffs(room, ada)).toEqual([{ ...nobody, left: [member('bob', 0)], count: 1 }])
  })

  test('[P2] a reconnect within 10 s is silent', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    room.advance(1_000)
    room.take(ada)
    room.disconnect(bob)
    room.advance(9_999)
    room.open('bob')
    room.advance(60_000)
    expect(diffs(room, ada)).toEqual([])
  })

  test('[P2] a second disconnect is ignored', () => {
    const { room, ada } = newRoom()
    const [bob, tab] = [room.open('bob'), room.open('bob')]
    room.advance(2_000)
    room.take(ada)
    room.disconnect(bob)
    room.disconnect(bob)
    room.advance(60_000)
    expect(diffs(room, ada)).toEqual([{ ...nobody, changed: [member('bob', 1)], count: 2 }])
    expect(tab.closed).toBeNull()
  })

  test('[P1] a presence state is sent to the others, the last one of each second', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    room.advance(1_000)
    room.take(ada)
    room.command(bob, 'presence', { state: { mood: 1 } }, null)
    room.command(bob, 'presence', { state: { mood: 2 } }, null)
    room.command(bob, 'presence', { state: { mood: 3 } }, 'p3')
    room.advance(1_000)
    expect(diffs(room, ada)).toEqual([
      { ...nobody, changed: [member('bob', 1, { state: { mood: 1 } })], count: 2 },
      { ...nobody, changed: [member('bob', 1, { state: { mood: 3 } })], count: 2 },
    ])
    expect(room.takeData<{ members: unknown[] }>(room.open('cat')).members).toContainEqual(
      member('bob', 1, { state: { mood: 3 } }),
    )
  })

  test('[E1] a state over 1 KiB is too large', () => {
    const { room, ada } = newRoom()
    room.command(ada, 'presence', { state: { a: 'x'.repeat(1_020) } }, 'p1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'p1', code: 'too_large' } }])
  })

  test('[P3] after a crash the roster has the open sockets only', () => {
    const { room } = newRoom()
    room.open('bob')
    room.crash()
    expect(room.takeData<{ members: unknown[] }>(room.open('cat')).members).toEqual([member('cat', 1)])
  })

  test('[D1] plain sockets are present and receive no presence', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob', { dialect: 'plain' })
    expect(diffs(room, ada)).toEqual([{ ...nobody, joined: [member('bob', 1)], count: 2 }])
    room.open('cat')
    room.advance(20_000)
    expect(room.take(bob)).toEqual([])
  })

  test('[P1] [H3] without subscribers nothing is due', () => {
    const room = new TestRoom({ hibernates })
    const sessions = ['ada', 'bob'].map(name => room.open(name, { dialect: 'plain' }))
    const cat = room.open('cat')
    room.advance(2_000)
    room.disconnect(cat)
    for (const session of sessions) room.disconnect(session)
    expect(room.room.nextTick()).toBeNull()
    const dan = room.open('dan')
    expect(room.takeData<{ members: unknown[] }>(dan).members).toEqual([member('dan', 1)])
  })

  test('[P4] over 200 members: counts instead of names', () => {
    const { room, ada } = newRoom()
    const others = Array.from({ length: 199 }, (_, index) => room.open(`p${index}`))
    room.advance(2_000)
    expect(diffs(room, ada).at(-1)).toMatchObject({ count: 200 })
    const last = room.open('last')
    expect(room.takeData(last)).toMatchObject({ members: [], member_count: 201 })
    room.advance(2_000)
    expect(diffs(room, ada)).toEqual([{ ...nobody, count: 201 }])
    room.sendMessage(last, 'hello')
    room.take(ada)
    room.command(last, 'typing', { active: true })
    room.command(last, 'read', { seq: room.room.context.log.head })
    expect([room.take(ada), room.take(last).slice(-2)]).toMatchObject([[], [{ type: 'ack' }, { type: 'ack' }]])
    room.disconnect(last)
    for (const session of others) room.disconnect(session)
    room.advance(12_000)
    expect(diffs(room, ada).at(-1)).toMatchObject({ count: 1 })
  })
})

describe.each(modes)('typing and signals, $mode', ({ hibernates }) => {
  function newRoom() {
    const room = new TestRoom({ hibernates })
    const [ada, bob] = [room.open('ada'), room.open('bob')]
    room.advance(2_000)
    room.take(ada)
    room.take(bob)
    return { room, ada, bob }
  }
  const typing = (room: TestRoom, session: TestSession) => {
    return room.take(session).flatMap(({ type, data }) => (type === 'typing' ? [data['active']] : []))
  }

  test('[P5] typing is sent to the others and ends by itself after 6 s', () => {
    const { room, ada, bob } = newRoom()
    room.command(ada, 'typing', { active: true }, null)
    expect(room.take(bob)).toMatchObject([{ type: 'typing', data: { user_id: 'ada', user_name: 'Ada', active: true } }])
    room.advance(5_999)
    expect(typing(room, bob)).toEqual([])
    room.advance(1)
    expect(typing(room, bob)).toEqual([false])
    expect(room.take(ada)).toEqual([])
  })

  test('[P5] repeated typing extends it, without frames', () => {
    const { room, ada, bob } = newRoom()
    for (let time = 0; time < 5; time++) {
      room.command(ada, 'typing', { active: true }, null)
      room.advance(4_000)
    }
    expect(typing(room, bob)).toEqual([true])
    room.advance(2_000)
    expect(typing(room, bob)).toEqual([false])
  })

  test('[P5] at most one frame per user in 2 s, and the last state is sent', () => {
    const { room, ada, bob } = newRoom()
    for (let time = 0; time < 9; time++) room.command(ada, 'typing', { active: time % 2 === 0 }, null)
    room.command(ada, 'typing', { active: false }, null)
    expect(typing(room, bob)).toEqual([true])
    room.advance(1_999)
    expect(typing(room, bob)).toEqual([])
    room.advance(1)
    expect(typing(room, bob)).toEqual([false])
  })

  test('[P5] a message ends it, and so does leaving', () => {
    const { room, ada, bob } = newRoom()
    room.command(ada, 'typing', { active: true }, null)
    room.advance(3_000)
    room.take(bob)
    room.sendMessage(ada, 'done')
    expect(typing(room, bob)).toEqual([false])
    room.advance(3_000)
    room.command(ada, 'typing', { active: true }, null)
    room.advance(3_000)
    room.disconnect(ada)
    expect(typing(room, bob)).toEqual([true, false])
  })

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
