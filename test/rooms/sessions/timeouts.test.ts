import { describe, expect, test } from 'vitest'
import { modes, start, TestRoom } from '../../support/test-room.ts'

const pat = { id: 'pat', name: 'Pat', kind: 'person', role: 'member', expires: null } as const

describe.each(modes)('deadlines, $mode', ({ hibernates }) => {
  test('[H3] a native socket that is silent for 150 s is closed, and its user leaves', () => {
    const room = new TestRoom({ hibernates })
    const [ada, bob] = [room.open('ada'), room.open('bob')]
    room.advance(140_000)
    room.pings.set(ada.id, room.now)
    room.advance(9_999)
    expect([ada.closed, bob.closed]).toEqual([null, null])
    room.advance(1)
    expect([ada.closed, bob.closed]).toEqual([null, 4408])
    room.take(ada)
    room.advance(10_000)
    expect(room.take(ada)).toMatchObject([{ type: 'presence', data: { left: [{ id: 'bob' }], count: 1 } }])
  })

  test('[H3] frames are signs of life too', () => {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada')
    for (let times = 0; times < 3; times++) {
      room.advance(149_000)
      room.command(ada, 'ping', {}, null)
    }
    expect(ada.closed).toBeNull()
  })

  test('[H3] plain, events and text sockets are not closed for silence', () => {
    const room = new TestRoom({ hibernates })
    const seats = (['plain', 'events', 'text'] as const).map(dialect => room.open(dialect, { dialect, agent: 'owl' }))
    expect(room.room.nextAlarm()).toBeNull()
    room.advance(86_400_000)
    expect(seats.map(({ closed }) => closed)).toEqual([null, null, null])
  })

  test('[H3] there is one alarm, at the earliest thing owed, and none when nothing is', () => {
    const room = new TestRoom({ hibernates })
    expect(room.room.nextAlarm()).toBeNull()
    const ada = room.open('ada')
    expect(room.room.nextAlarm()).toBe(start + 150_000)
    const bob = room.open('bob', { expires: start + 60_000 })
    expect(room.room.nextAlarm()).toBe(start + 60_000)
    room.disconnect(ada)
    room.disconnect(bob)
    room.advance(20_000)
    expect([room.room.nextAlarm(), room.room.nextTick()]).toEqual([null, null])
  })

  test.each(['native', 'plain', 'events', 'text'] as const)('[A6] at a token’s end a %s socket closes', dialect => {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada', { dialect, expires: start + 5_000, agent: 'owl' })
    room.advance(4_999)
    expect(ada.closed).toBeNull()
    room.advance(1)
    expect(ada.closed).toBe(4401)
  })

  test('[N3] [A6] a new token on a live socket renews it, for the same user only', () => {
    const room = new TestRoom({ hibernates })
    const pat1 = room.open('pat', { expires: start + 5_000 })
    room.take(pat1)
    room.command(pat1, 'auth', { token: 'fresh' }, 'a1')
    expect(room.tokenChecks).toMatchObject([{ session: pat1.id, id: 'a1', token: 'fresh' }])
    room.tokenVerified(pat1, { principal: { ...pat, id: 'eve' } }, 'a1')
    expect(room.take(pat1)).toMatchObject([{ type: 'error', data: { id: 'a1', code: 'unauthenticated' } }])
    room.tokenVerified(pat1, { principal: { ...pat, expires: start + 90_000 } }, 'a2')
    expect(room.take(pat1)).toMatchObject([{ type: 'ack', data: { id: 'a2' } }])
    room.advance(60_000)
    expect(pat1.closed).toBeNull()
  })

  test('[N3] a guest becomes a member on a live socket', () => {
    const room = new TestRoom({ hibernates })
    const [ada, guest] = [room.open('ada'), room.open('guest:x', { kind: 'guest', role: 'reader' })]
    room.advance(2_000)
    room.take(ada)
    room.tokenVerified(guest, { principal: pat }, 'a1')
    room.sendMessage(guest, 'now I may')
    room.advance(11_000)
    expect(
      room.take(ada).map(({ type, data }) => data['user_id'] ?? [type, data['joined'], data['left']]),
    ).toMatchObject([['presence', [{ id: 'pat' }], []], 'pat', ['presence', [], [{ id: 'guest:x' }]]])
  })

  describe('a socket that has not said who it is', () => {
    function aStranger() {
      const room = new TestRoom({ hibernates })
      const ada = room.open('ada', { dialect: 'plain' })
      const stranger = room.open('nobody', { dialect: 'plain', authenticated: false })
      return { room, ada, stranger }
    }

    test('[A4] hears nothing, is nobody, and is closed after 5 s', () => {
      const { room, ada, stranger } = aStranger()
      room.sendMessage(ada, 'secret')
      expect(room.take(stranger)).toEqual([])
      expect(room.room.context.presence.count).toBe(1)
      room.advance(4_999)
      expect(stranger.closed).toBeNull()
      room.advance(1)
      expect(stranger.closed).toBe(4001)
    })

    test.each(['{"type":"message","content":"hi"}', 'hi', '{"type":"auth"}', '{"type":"pong"}', '{"type": "ping"}'])(
      '[A4] is closed when it begins with %s',
      frame => {
        const { room, ada, stranger } = aStranger()
        room.send(stranger, frame)
        expect(stranger.closed).toBe(4001)
        expect(room.take(ada)).toEqual([])
      },
    )

    test('[A4] is closed on a bad token', () => {
      const { room, stranger } = aStranger()
      room.send(stranger, '{"type":"auth","token":"bad"}')
      room.tokenVerified(stranger, { refused: { code: 'unauthenticated', message: 'bad token' } })
      expect(stranger.closed).toBe(4001)
    })

    test('[A4] speaks once its token is checked, also what it said meanwhile, in order', () => {
      const { room, ada, stranger } = aStranger()
      room.send(stranger, '{"type":"auth","token":"good"}')
      if (!hibernates) {
        // While a token is checked, a promise is pending: the object is not put to sleep.
        room.send(stranger, '{"content":"one"}')
        room.send(stranger, '{"content":"two"}')
      }
      expect(room.take(ada)).toEqual([])
      room.tokenVerified(stranger, { principal: pat })
      room.send(stranger, '{"content":"three"}')
      const said = room.take(ada).map(({ data }) => [data['user_id'], data['content']])
      expect(said).toEqual((hibernates ? ['three'] : ['one', 'two', 'three']).map(content => ['pat', content]))
      expect(room.take(stranger)).toHaveLength(said.length)
    })
  })
})
