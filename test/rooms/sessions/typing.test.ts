import { describe, expect, test } from 'vitest'
import { modes, TestRoom, type TestSession } from '../../support/test-room.ts'

describe.each(modes)('typing, $mode', ({ hibernates }) => {
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
})
