import { describe, expect, test } from 'vitest'
import { modes, TestRoom } from '../../support/test-room.ts'

describe.each(modes)('configure, $mode', ({ hibernates }) => {
  function newRoom() {
    const room = new TestRoom({ hibernates })
    const [olga, ada] = [room.open('olga', { role: 'owner' }), room.open('ada')]
    const plain = room.open('pam', { dialect: 'plain' })
    room.advance(2_000)
    for (const session of [olga, ada, plain]) room.take(session)
    return { room, olga, ada, plain }
  }

  test('[N3] [N6] an owner changes the circle, and everybody receives the event', () => {
    const { room, olga, ada, plain } = newRoom()
    room.command(olga, 'configure', { title: 'Developers', default_agent: 'owl' }, 'c1')
    const data = { status: 'active', title: 'Developers', default_agent: 'owl', user_id: 'olga' }
    expect(room.take(ada)).toMatchObject([
      { type: 'circle_status', seq: 1, id: 'c1', data },
      { type: 'agent_joined', seq: 2, data: { agent_id: 'owl', agent_name: 'Owl' } },
    ])
    expect(room.take(plain)).toMatchObject([
      { type: 'circle_status', data, channel: 'circle:dev' },
      { type: 'agent_joined', data: { agent_id: 'owl', agent_name: 'Owl' } },
    ])
    room.take(olga)
    room.command(olga, 'configure', { default_agent: null }, 'c2')
    expect(room.take(olga).map(({ type, data }) => [type, data.id ?? data.agent_id])).toEqual([
      ['circle_status', undefined],
      ['agent_left', 'owl'],
      ['ack', 'c2'],
    ])
  })

  test('[N6] the event says who can join if that changed, and not otherwise', () => {
    const { room, olga, ada } = newRoom()
    room.command(olga, 'configure', { visibility: 'private' }, 'c1')
    expect(room.take(olga)[0]).toMatchObject({ type: 'circle_status', data: { visibility: 'private' } })
    room.take(ada)
    room.command(olga, 'configure', { title: 'Plans' }, 'c2')
    expect(room.take(olga)[0]?.data).not.toHaveProperty('visibility')
  })

  test('[N3] nothing changed: acked, and nothing is broadcast', () => {
    const { room, olga, ada } = newRoom()
    room.command(olga, 'configure', { title: 'dev' }, 'c1')
    expect(room.take(olga)).toMatchObject([{ type: 'ack', data: { id: 'c1' } }])
    expect(room.take(ada)).toEqual([])
  })

  test('[T2] a default agent replies from now on, rules come before it', () => {
    const { room, olga, ada } = newRoom()
    const rules = [{ match: 'deploy *', agent: 'pickle' }]
    room.command(olga, 'configure', { default_agent: 'owl', rules })
    room.sendMessage(ada, 'hello')
    room.sendMessage(ada, 'deploy now')
    expect(room.calls.map(({ agent, asked }) => [agent, asked.content])).toEqual([
      ['owl', 'hello'],
      ['pickle', 'deploy now'],
    ])
  })

  test.each([
    [{ rules: [{ match: '/(/', agent: 'owl' }] }, 'invalid'],
    [{ rules: [{ match: 'x', agent: 'nobody' }] }, 'agent_unavailable'],
    [{ default_agent: 'nobody' }, 'agent_unavailable'],
    [{ status: 'gone' }, 'invalid'],
    [{ colour: 'red' }, 'bad_frame'],
    [{ retention: { events: 0 } }, 'invalid'],
  ])('[E1] configure %j', (data, code) => {
    const { room, olga } = newRoom()
    room.command(olga, 'configure', data, 'c1')
    expect(room.take(olga)).toMatchObject([{ type: 'error', data: { id: 'c1', code } }])
    expect(room.room.context.log.head).toBe(0)
  })

  test('[A5] only an owner may configure', () => {
    const { room, ada } = newRoom()
    const max = room.open('max', { role: 'moderator' })
    for (const session of [ada, max]) {
      room.take(session)
      room.command(session, 'configure', { title: 'x' }, 'c1')
      expect(room.take(session).at(0)).toMatchObject({ type: 'error', data: { code: 'forbidden' } })
    }
  })

  test('[L6] retention by count: trimmed in batches, never per message, never the newest', () => {
    const room = new TestRoom({ hibernates, limits: { messages_per_second: 1_000, message_burst: 10_000 } })
    const olga = room.open('olga', { role: 'owner' })
    room.command(olga, 'configure', { retention: { events: 20 } })
    for (let n = 0; n < 21; n++) room.sendMessage(olga, `message ${n}`)
    expect([room.room.context.log.earliest, room.room.context.log.head]).toEqual([1, 22])
    room.sendMessage(olga, 'one more')
    expect(room.room.nextAlarm()).toBeLessThanOrEqual(room.now)
    room.advance(0)
    expect([room.room.context.log.earliest, room.room.context.log.head]).toEqual([4, 23])
    room.take(olga)
    room.command(olga, 'history', { after: 0, limit: 1 })
    expect(room.takeData<{ events: unknown[] }>(olga).events).toMatchObject([{ seq: 4 }])
  })

  test('[L6] retention by age', () => {
    const room = new TestRoom({ hibernates })
    const olga = room.open('olga', { role: 'owner', dialect: 'native' })
    const plain = room.open('pam', { dialect: 'plain' })
    room.command(olga, 'configure', { retention: { days: 1 } })
    room.disconnect(olga)
    room.advance(3_600_000)
    room.send(plain, 'an hour later')
    room.advance(86_400_000 - 1)
    expect(room.room.context.log.earliest).toBe(1)
    room.advance(1)
    expect(room.room.context.log.earliest).toBe(2)
    room.advance(10 * 86_400_000)
    expect([room.room.context.log.earliest, room.room.context.log.head]).toEqual([2, 2])
    expect(room.room.nextAlarm()).toBeNull()
  })
})
