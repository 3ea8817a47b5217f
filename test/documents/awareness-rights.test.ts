import { expect, test } from 'vitest'
import { DocumentRoom } from './document-room.ts'
import { type DocumentDialect, Replica } from './replica.ts'

const dialects: readonly DocumentDialect[] = ['yjs', 'hocuspocus', 'documents']

function together(...replicas: Replica[]): void {
  for (let round = 0; round < 4; round++) for (const replica of replicas) replica.settle()
}

function scene(dialect: DocumentDialect, role: 'reader' | 'member' = 'member') {
  const room = new DocumentRoom()
  const [eve, bob] = [new Replica(room, 'eve', dialect, 1), new Replica(room, 'bob', 'yjs', 2)]
  eve.connect(role)
  bob.connect()
  together(eve, bob)
  const stateOf = (viewer: Replica, client: number) => viewer.awareness.getStates().get(client)
  return { room, eve, bob, stateOf }
}

test.each(dialects)('[Y6] through %s, others are told of somebody under their own name', dialect => {
  const { eve, bob, stateOf } = scene(dialect)
  const at = { anchor: { type: 'text' }, head: null }
  const cases: [sent: object, shown: object][] = [
    [
      { name: 'Bob', color: '#f00' },
      { name: 'Eve', color: '#f00' },
    ],
    [
      { user: { name: 'Bob', color: '#f00' }, cursor: at },
      { user: { name: 'Eve', color: '#f00' }, cursor: at },
    ],
    [{ user: 'Bob' }, { user: 'Eve' }],
    [
      { user: { name: ['Bob'] }, name: { first: 'Bob' } },
      { user: { name: 'Eve' }, name: 'Eve' },
    ],
    [{ cursor: at }, { cursor: at }],
    [{ user: null }, { user: 'Eve' }],
  ]
  for (const [sent, shown] of cases) {
    eve.awareness.setLocalState(sent)
    together(eve, bob)
    expect(stateOf(bob, 1)).toEqual(shown)
    expect(stateOf(eve, 1)).toEqual(sent)
  }
})

test.each(dialects)('[Y6] through %s, whoever may not write is not shown to the others, and sees them', dialect => {
  const { room, eve, bob, stateOf } = scene(dialect)
  expect(stateOf(bob, 1)).toEqual({ name: 'Eve' })
  room.rights('eve', 'reader')
  together(eve, bob)
  expect(stateOf(bob, 1)).toBeUndefined()
  for (let at = 0; at < 3; at++) {
    eve.awareness.setLocalState({ name: 'eve', status: 'buy this', at })
    bob.awareness.setLocalState({ name: 'bob', at })
    together(eve, bob)
    room.advance(2_000)
    together(eve, bob)
  }
  expect([stateOf(bob, 1), stateOf(eve, 2)]).toEqual([undefined, { name: 'Bob', at: 2 }])
  const newcomer = new Replica(room, 'ada', 'documents', 3)
  newcomer.connect()
  together(newcomer, eve, bob)
  expect([...newcomer.awareness.getStates().keys()].toSorted()).toEqual([2, 3])
  room.rights('eve', 'member')
  together(eve, bob, newcomer)
  for (const other of [bob, newcomer]) expect(stateOf(other, 1)).toEqual({ name: 'Eve', status: 'buy this', at: 2 })
})

test.each(dialects)(
  '[Y6] through %s, a reader who comes in is not shown, nor after a sleep, and nobody hears more',
  dialect => {
    const { room, eve, bob, stateOf } = scene(dialect, 'reader')
    room.advance(2_000)
    room.hibernate()
    for (let round = 0; round < 20; round++) {
      eve.awareness.setLocalState({ name: 'bob' })
      together(eve, bob)
      room.advance(100)
    }
    expect(stateOf(bob, 1)).toBeUndefined()
    expect(eve.session?.closed).toBeNull()
    eve.settle()
    expect(eve.outgoing).toEqual([]) // what it hears makes it send nothing
  },
)
