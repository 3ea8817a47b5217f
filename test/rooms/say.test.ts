import { describe, expect, test } from 'vitest'
import { start, TestRoom } from '../support/a-room.ts'

const at = new Date(start).toISOString()

describe.each([
  ['awake', false],
  ['put to sleep after every step', true],
])('a circle that is %s', (_, sleepy) => {
  function aRoom() {
    const room = new TestRoom({ sleepy })
    const ada = room.open('ada')
    const bob = room.open('bob')
    room.advance(2_000)
    room.take(ada)
    room.take(bob)
    return { room, ada, bob }
  }

  test('[N6] [L5] a line reaches everybody, its sender too, before its ack', () => {
    const { room, ada, bob } = aRoom()
    room.say(ada, 'hello', 'm1')
    const timestamp = new Date(start + 2_000).toISOString()
    const line = {
      type: 'message',
      data: { content: 'hello', user_id: 'ada', user_name: 'Ada', client_id: 'm1', hop: 0 },
      timestamp,
      channel: 'circle:dev',
      seq: 1,
      id: 'm1',
    }
    expect(room.take(bob)).toEqual([line])
    const ack = { type: 'ack', data: { id: 'm1', seq: 1 }, timestamp, channel: 'circle:dev' }
    expect(room.take(ada)).toEqual([line, ack])
  })

  test('[L3] the same id twice is stored once and acked twice', () => {
    const { room, ada, bob } = aRoom()
    room.say(ada, 'hello', 'm1')
    room.take(ada)
    room.take(bob)
    room.say(ada, 'hello', 'm1')
    expect(room.take(ada).map(frame => [frame.type, frame.data])).toEqual([
      ['ack', { id: 'm1', seq: 1, duplicate: true }],
    ])
    expect(room.take(bob)).toEqual([])
  })
})

test('[N2] the first frame is a welcome', () => {
  const room = new TestRoom()
  const ada = room.open('ada', { role: 'owner' })
  expect(room.take(ada)).toEqual([
    {
      type: 'welcome',
      timestamp: at,
      channel: 'circle:dev',
      data: {
        session: ada.id,
        user: { id: 'ada', name: 'Ada', kind: 'person', role: 'owner' },
        epoch: 'id1',
        head: 0,
        earliest: 1,
        recovered: null,
        members: [{ id: 'ada', name: 'Ada', kind: 'person', role: 'owner', sessions: 1 }],
        member_count: 1,
        agents: [
          { id: 'pickle', name: 'Pickle', description: '', joined: false },
          { id: 'owl', name: 'Owl', description: '', joined: false },
        ],
        live: [],
        circle: { title: 'dev', status: 'active', default_agent: null, visibility: 'public' },
        limits: room.limits,
      },
    },
  ])
})
