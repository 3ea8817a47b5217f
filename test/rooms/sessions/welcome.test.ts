import { expect, test } from 'vitest'
import { start, TestRoom } from '../../support/test-room.ts'

test('[N2] the first frame is a welcome', () => {
  const room = new TestRoom()
  const ada = room.open('ada', { role: 'owner' })
  expect(room.take(ada)).toEqual([
    {
      type: 'welcome',
      timestamp: new Date(start).toISOString(),
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

test('[N2] [L2] a later welcome has the head and the same epoch', () => {
  const room = new TestRoom({ hibernates: true })
  const ada = room.open('ada')
  room.sendMessage(ada, 'hello')
  expect(room.take(room.open('bob'))[0]?.data).toMatchObject({ epoch: 'id1', head: 1, earliest: 1 })
})

test('[L2] the log of another channel has another epoch', () => {
  const epochs = ['one', 'two'].map(name => new TestRoom({ name, newId: () => name }).room.context.settings.epoch)
  expect(epochs).toEqual(['one', 'two'])
})

test('[T2] lobby has pickle, a private chat its partner, any other circle nobody', () => {
  const agentOf = (name: string) => new TestRoom({ name }).room.context.settings.value.default_agent
  expect(['lobby', 'chat~owl~0123', 'dev'].map(agentOf)).toEqual(['pickle', 'owl', null])
})
