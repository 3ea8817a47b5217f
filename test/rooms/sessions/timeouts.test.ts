import { describe, expect, test } from 'vitest'
import { modes, start, TestRoom } from '../../support/test-room.ts'

const pat = { id: 'pat', name: 'Pat', kind: 'person', role: 'member', expires: null } as const

describe.each(modes)('timeouts, $mode', ({ hibernates }) => {
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

  test('[H3] frames reset the timeout too', () => {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada')
    for (let time = 0; time < 3; time++) {
      room.advance(149_000)
      room.command(ada, 'ping', {}, null)
    }
    expect(ada.closed).toBeNull()
  })

  test('[H3] plain, events and text sockets are not closed for silence', () => {
    const room = new TestRoom({ hibernates })
    const sessions = (['plain', 'events', 'text'] as const).map(dialect =>
      room.open(dialect, { dialect, agent: 'owl' }),
    )
    expect(room.room.nextAlarm()).toBeNull()
    room.advance(86_400_000)
    expect(sessions.map(({ closed }) => closed)).toEqual([null, null, null])
  })

  test('[H3] there is one alarm, at the earliest due time, and none if nothing is due', () => {
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

  test.each(['native', 'plain', 'events', 'text'] as const)(
    '[A6] a %s socket closes when its token expires',
    dialect => {
      const room = new TestRoom({ hibernates })
      const ada = room.open('ada', { dialect, expires: start + 5_000, agent: 'owl' })
      room.advance(4_999)
      expect(ada.closed).toBeNull()
      room.advance(1)
      expect(ada.closed).toBe(4401)
    },
  )

  test('[N3] [A6] a new token on a live socket extends it, for the same user only', () => {
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
})
