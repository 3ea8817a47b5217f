import { describe, expect, test } from 'vitest'
import { modes, TestRoom } from '../../support/test-room.ts'

function newRoomWith(options: ConstructorParameters<typeof TestRoom>[0]) {
  const room = new TestRoom(options)
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  room.advance(2_000)
  room.take(ada)
  room.take(bob)
  return { room, ada, bob }
}

describe.each(modes)('limits, $mode', ({ hibernates }) => {
  const newRoom = () => newRoomWith({ hibernates })

  test('[E1] ten a second are never limited', () => {
    const { room, ada } = newRoom()
    for (let n = 0; n < 100; n++) {
      room.sendMessage(ada, `message ${n}`)
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
    const { room, ada } = newRoom()
    room.send(ada, 'x'.repeat(bytes))
    expect(room.take(ada).map(({ data }) => data.code)).toEqual(code === null ? [] : [code])
    expect(ada.closed).toBe(closed)
  })

  test('[N3] a command that is refused unread is refused under its id', () => {
    const { room, ada } = newRoom()
    room.command(ada, 'message', { content: 'x'.repeat(70_000) }, 'm1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'm1', code: 'too_large' } }])
    for (let n = 1; n <= 20; n++) room.command(ada, 'history', {}, `h${n}`)
    expect(room.take(ada).at(-1)).toMatchObject({ type: 'error', data: { id: 'h20', code: 'rate_limited' } })
  })

  test('[L7] the same holds for binary, which is refused as bad_frame until it is too big', () => {
    const { room, ada } = newRoom()
    room.send(ada, new ArrayBuffer(1_048_576))
    expect([room.take(ada).map(({ data }) => data.code), ada.closed]).toEqual([['bad_frame'], null])
    room.send(ada, new ArrayBuffer(1_048_577))
    expect(ada.closed).toBe(1009)
  })

  test('a channel accepts sockets up to its limit', () => {
    const room = new TestRoom({ hibernates, limits: { sessions_per_channel: 2 } })
    room.open('ada')
    expect(room.connectRefusal('eve')).toBeNull()
    const bob = room.open('bob')
    expect(room.connectRefusal('eve')).toBe('full')
    room.disconnect(bob)
    expect(room.connectRefusal('eve')).toBeNull()
  })

  test('[L7] bytes are UTF-8: these characters have three', () => {
    const { room, ada } = newRoom()
    room.send(ada, '€'.repeat(22_000))
    expect(room.take(ada).map(({ data }) => data.code)).toEqual(['too_large'])
    room.send(ada, '€'.repeat(400_000))
    expect(ada.closed).toBe(1009)
  })

  test('[E1] a binary frame is refused, the socket stays open', () => {
    const { room, ada } = newRoom()
    room.send(ada, new ArrayBuffer(8))
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { code: 'bad_frame' } }])
    expect(ada.closed).toBeNull()
  })

  test('[E2] ten sockets of one user, and no more', () => {
    const { room } = newRoom()
    const caller = { channel: 'dev', dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
    const principal = { id: 'cat', name: 'Cat', kind: 'person', role: 'member', expires: null } as const
    const refusal = () => room.room.refuseConnect({ ...caller, principal }, room.now)
    for (let socket = 0; socket < 10; socket++) {
      expect(refusal()).toBeNull()
      room.open('cat')
    }
    expect(refusal()).toMatchObject({ status: 429, code: 'too_many_sessions' })
  })

  test('[A3] a ticket opens one socket', () => {
    const { room } = newRoom()
    const caller = {
      channel: 'dev',
      dialect: 'native',
      agent: null,
      since: null,
      epoch: null,
      principal: { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null },
    } as const
    const refusal = (id: string) =>
      room.room.refuseConnect({ ...caller, ticket: { id, expires: room.now + 30_000 } }, room.now)
    expect(refusal('t1')).toBeNull()
    if (hibernates) room.hibernate()
    expect(refusal('t1')).toMatchObject({ status: 401, code: 'ticket_used' })
    expect(refusal('t2')).toBeNull()
  })

  test('[E3] a guest cannot authenticate as a user who has ten sockets already', () => {
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

// An object hibernates after 10 s of silence, and by then a bucket is full again: it is stored on a socket only
// if refilling takes longer. So these tests do not hibernate after every step, which no platform does.
describe('rate', () => {
  const newRoom = () => newRoomWith({})

  test('[E1] the 21st message at once is refused, with retry_after_ms', () => {
    const { room, ada, bob } = newRoom()
    for (let n = 1; n <= 21; n++) room.sendMessage(ada, `message ${n}`)
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
    const { room, ada, bob } = newRoom()
    for (let n = 1; n <= 22; n++) room.sendMessage(ada, `message ${n}`)
    expect(ada.closed).toBeNull()
    room.sendMessage(ada, 'message 23')
    expect(ada.closed).toBe(4429)
    room.sendMessage(ada, 'message 24')
    expect(room.take(bob).filter(({ type }) => type === 'message')).toHaveLength(20)
  })

  test('[E1] bytes are limited too', () => {
    const { room, ada } = newRoom()
    for (let n = 0; n < 10; n++) room.sendMessage(ada, 'x'.repeat(32_000))
    expect(room.take(ada).filter(({ type }) => type === 'ack')).toHaveLength(8)
  })

  test.each([
    ['the usual limits', {}, 20],
    ['a slow refill', { message_burst: 20, messages_per_second: 0.5 }, 5],
  ])('[E1] with %s, ten seconds of hibernation refill what ten seconds do', (_, limits, left) => {
    for (const hibernates of [false, true]) {
      const { room, ada } = newRoomWith({ limits })
      for (let n = 0; n < 20; n++) room.sendMessage(ada, `message ${n}`)
      room.advance(10_000)
      if (hibernates) room.hibernate()
      room.take(ada)
      for (let n = 0; n < 22; n++) room.sendMessage(ada, `more ${n}`)
      expect(room.take(ada).filter(({ type }) => type === 'ack').length, `hibernates: ${hibernates}`).toBe(left)
    }
  })

  test('[E3] refusals are remembered across hibernation', () => {
    const { room, ada } = newRoom()
    for (let n = 0; n < 22; n++) room.sendMessage(ada, `message ${n}`)
    room.hibernate()
    for (let n = 0; n < 21; n++) room.sendMessage(ada, `more ${n}`)
    expect(ada.closed).toBe(4429)
  })
})
