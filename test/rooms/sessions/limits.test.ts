import { describe, expect, test } from 'vitest'
import { modes, TestRoom } from '../../support/test-room.ts'

function aRoomOf(options: ConstructorParameters<typeof TestRoom>[0]) {
  const room = new TestRoom(options)
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  room.advance(2_000)
  room.take(ada)
  room.take(bob)
  return { room, ada, bob }
}

describe.each(modes)('limits, $mode', ({ hibernates }) => {
  const aRoom = () => aRoomOf({ hibernates })

  test('[E1] ten a second go on for ever', () => {
    const { room, ada } = aRoom()
    for (let line = 0; line < 100; line++) {
      room.sendMessage(ada, `line ${line}`)
      room.advance(100)
    }
    expect(room.take(ada).filter(({ type }) => type === 'error')).toEqual([])
  })

  test.each([
    ['64 KiB', 65_536, 'bad_frame', null],
    ['a byte over 64 KiB', 65_537, 'too_large', null],
    ['1 MiB', 1_048_576, 'too_large', null],
    ['a byte over 1 MiB', 1_048_577, null, 1009],
  ])('[L7] a frame of %s', (_, bytes, code, closed) => {
    const { room, ada } = aRoom()
    room.send(ada, 'x'.repeat(bytes))
    expect(room.take(ada).map(({ data }) => data.code)).toEqual(code === null ? [] : [code])
    expect(ada.closed).toBe(closed)
  })

  test('[L7] so it is with binary, which is refused for what it is until it is too big', () => {
    const { room, ada } = aRoom()
    room.send(ada, new ArrayBuffer(1_048_576))
    expect([room.take(ada).map(({ data }) => data.code), ada.closed]).toEqual([['bad_frame'], null])
    room.send(ada, new ArrayBuffer(1_048_577))
    expect(ada.closed).toBe(1009)
  })

  test('a channel takes as many sockets as its limit says, and not one more', () => {
    const room = new TestRoom({ hibernates, limits: { sessions_per_channel: 2 } })
    room.open('ada')
    expect(room.connectRefusal('eve')).toBeNull()
    const bob = room.open('bob')
    expect(room.connectRefusal('eve')).toBe('full')
    room.disconnect(bob)
    expect(room.connectRefusal('eve')).toBeNull()
  })

  test('[L7] bytes are UTF-8: three for each of these', () => {
    const { room, ada } = aRoom()
    room.send(ada, '€'.repeat(22_000))
    expect(room.take(ada).map(({ data }) => data.code)).toEqual(['too_large'])
    room.send(ada, '€'.repeat(400_000))
    expect(ada.closed).toBe(1009)
  })

  test('[E1] a binary frame is refused, the socket stays open', () => {
    const { room, ada } = aRoom()
    room.send(ada, new ArrayBuffer(8))
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { code: 'bad_frame' } }])
    expect(ada.closed).toBeNull()
  })

  test('[E2] ten sockets of one user, and no more', () => {
    const { room } = aRoom()
    const visit = { channel: 'dev', dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
    const principal = { id: 'cat', name: 'Cat', kind: 'person', role: 'member', expires: null } as const
    const refusal = () => room.room.refuseConnect({ ...visit, principal }, room.now)
    for (let socket = 0; socket < 10; socket++) {
      expect(refusal()).toBeNull()
      room.open('cat')
    }
    expect(refusal()).toMatchObject({ status: 429, code: 'too_many_sessions' })
  })

  test('[A3] a ticket opens once', () => {
    const { room } = aRoom()
    const visit = { channel: 'dev', dialect: 'native', agent: null, since: null, epoch: null, principal: null } as const
    const refusal = (id: string) =>
      room.room.refuseConnect({ ...visit, ticket: { id, expires: room.now + 30_000 } }, room.now)
    expect(refusal('t1')).toBeNull()
    if (hibernates) room.hibernate()
    expect(refusal('t1')).toMatchObject({ status: 401, code: 'ticket_used' })
    expect(refusal('t2')).toBeNull()
  })

  test('[E3] sockets that say who they are later are as many: the eleventh is sent away, and nothing of it is heard', () => {
    const room = new TestRoom({ hibernates })
    const principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null } as const
    const seats = Array.from({ length: 11 }, () => {
      const seat = room.open('', { dialect: 'plain', authenticated: false })
      room.send(seat, { type: 'auth', token: 'of ada' })
      room.tokenVerified(seat, { principal })
      return seat
    })
    expect(seats.map(({ closed }) => closed)).toEqual([...Array.from({ length: 10 }, () => null), 4429])
    expect(room.room.context.presence.members()).toMatchObject([{ id: 'ada', sessions: 10 }])
  })

  test('[E3] a guest does not become somebody who has ten sockets already', () => {
    const room = new TestRoom({ hibernates })
    for (let socket = 0; socket < 10; socket++) room.open('ada')
    const guest = room.open('guest:eve', { kind: 'guest' })
    room.take(guest)
    const principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null } as const
    room.command(guest, 'auth', { token: 'of ada' }, 'a1')
    room.tokenVerified(guest, { principal }, 'a1')
    expect(room.take(guest)).toMatchObject([{ type: 'error', data: { id: 'a1', code: 'rate_limited' } }])
  })
})

// An object sleeps after 10 s of silence, and by then what was spent is there again: it is written on a socket only
// where that takes longer. So these are not played with a sleep after every step, which no platform takes.
describe('speed', () => {
  const aRoom = () => aRoomOf({})

  test('[E1] the 21st message in a moment is refused, and says when to come back', () => {
    const { room, ada, bob } = aRoom()
    for (let line = 1; line <= 21; line++) room.sendMessage(ada, `line ${line}`)
    const last = room.take(ada).at(-1)
    expect(last).toMatchObject({ type: 'error', data: { code: 'rate_limited', retry_after_ms: 100 } })
    expect(room.take(bob)).toHaveLength(20)
    room.advance(100)
    room.sendMessage(ada, 'again')
    expect(room.take(ada).map(({ type }) => type)).toEqual(['message', 'ack'])
    room.sendMessage(bob, 'unaffected')
    expect(room.take(bob).at(-1)?.type).toBe('ack')
  })

  test('[E3] the third refusal in 10 s closes with 4429', () => {
    const { room, ada, bob } = aRoom()
    for (let line = 1; line <= 22; line++) room.sendMessage(ada, `line ${line}`)
    expect(ada.closed).toBeNull()
    room.sendMessage(ada, 'line 23')
    expect(ada.closed).toBe(4429)
    room.sendMessage(ada, 'line 24')
    expect(room.take(bob).filter(({ type }) => type === 'message')).toHaveLength(20)
  })

  test('[E1] bytes are counted too', () => {
    const { room, ada } = aRoom()
    for (let line = 0; line < 10; line++) room.sendMessage(ada, 'x'.repeat(32_000))
    expect(room.take(ada).filter(({ type }) => type === 'ack')).toHaveLength(8)
  })

  test.each([
    ['the usual limits', {}, 20],
    ['a slow refill', { message_burst: 20, messages_per_second: 0.5 }, 5],
  ])('[E1] with %s, ten seconds of sleep give back what ten seconds do', (_, limits, left) => {
    for (const sleeps of [false, true]) {
      const { room, ada } = aRoomOf({ limits })
      for (let line = 0; line < 20; line++) room.sendMessage(ada, `line ${line}`)
      room.advance(10_000)
      if (sleeps) room.hibernate()
      room.take(ada)
      for (let line = 0; line < 22; line++) room.sendMessage(ada, `more ${line}`)
      expect(room.take(ada).filter(({ type }) => type === 'ack').length, `sleeps: ${sleeps}`).toBe(left)
    }
  })

  test('[E3] refusals are remembered over a sleep', () => {
    const { room, ada } = aRoom()
    for (let line = 0; line < 22; line++) room.sendMessage(ada, `line ${line}`)
    room.hibernate()
    for (let line = 0; line < 21; line++) room.sendMessage(ada, `more ${line}`)
    expect(ada.closed).toBe(4429)
  })
})
