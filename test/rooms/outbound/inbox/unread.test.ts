import { expect, test } from 'vitest'
import { InboxStore } from '../../../../src/deployment/inbox/inbox-store.ts'
import { retention } from '../../../../src/rooms/log/retention.ts'
import { InboxActivity, inboxActivity } from '../../../../src/rooms/outbound/inbox/activity.ts'
import { readers } from '../../../../src/rooms/outbound/inbox/readers.ts'
import type { AdminRequestOf } from '../../../../src/rpc/channel.ts'
import { nodeSql } from '../../../support/node-sql.ts'
import { modes, TestRoom } from '../../../support/test-room.ts'

const limits = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9, user_message_burst: 1e6 }

/** A circle, what it has told, and a function that says what a person has not read in it. */
function newRoom(options: { hibernates?: boolean } = {}) {
  const sent: string[] = []
  const ports = { isActive: () => void sent.push('active'), visited: (user: string) => void sent.push(user) }
  const room = new TestRoom({
    ...options,
    limits,
    tables: { components: [retention, readers, inboxActivity(ports)] },
  })
  const request: AdminRequestOf<'component'> = { do: 'component', name: 'readers', request: null }
  const unread = (user: string, kind: 'person' | 'guest' = 'person') =>
    room.stepWithResult(it => it.handleAdmin(room.callerSession(user, 'member', kind), request, room.now))
  return { room, unread, take: () => sent.splice(0) }
}

const value = (messages: number, first: number | null) => ({ value: { messages, first } })

test.each(modes)('[I5] a circle counts the messages of others that a person has not read: $mode', ({ hibernates }) => {
  const { room, unread } = newRoom({ hibernates })
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  expect(unread('ada')).toEqual(value(0, null))
  room.sendMessage(bob, 'one')
  room.sendMessage(ada, 'mine')
  room.sendMessage(bob, 'two')
  room.sendMessage(bob, 'three')
  room.command(bob, 'delete', { seq: 3 })
  expect(unread('ada')).toEqual(value(2, 1))
  expect(unread('bob')).toEqual(value(1, 2))
  expect(unread('eve')).toEqual(value(0, null)) // she has never been here
  expect(unread('guest:Gil', 'guest')).toEqual(value(0, null))
  room.advance(6_000)
  room.command(ada, 'read', { seq: 1 })
  room.advance(500)
  expect(unread('ada')).toEqual(value(1, 4))
  for (let n = 0; n < 120; n++) room.sendMessage(bob, `message ${n}`)
  expect(unread('ada')).toEqual(value(100, 4))
})

test('[I5] who may not be here is told no count', () => {
  const { room, unread } = newRoom()
  room.open('olga', { role: 'owner' })
  room.open('eve')
  room.manageMembers('olga', { do: 'change', user: 'eve', change: { banned: true } }, 'owner')
  expect(unread('eve')).toMatchObject({ refused: { code: 'banned' } })
})

test('activity is told at once, and then at most once a minute, however much there is', () => {
  const { room, take } = newRoom()
  const guest = room.open('guest:Gil', { kind: 'guest' })
  room.sendMessage(guest, 'nobody has been here who has an inbox')
  expect(take()).toEqual([])
  const bob = room.open('bob')
  take()
  for (let n = 0; n < 50; n++) room.sendMessage(bob, `message ${n}`)
  expect(take()).toEqual(['active'])
  room.advance(59_000)
  room.sendMessage(bob, 'still')
  expect(take()).toEqual([])
  room.advance(1_000)
  room.sendMessage(bob, 'again')
  expect(take()).toEqual(['active'])
  room.advance(60_000)
  expect(take()).toEqual([]) // nothing happened
  room.command(bob, 'read', { seq: 9 })
  room.advance(500)
  expect(take()).toEqual(['active']) // his other pages show less
  room.crash()
  room.sendMessage(room.open('bob'), 'after a crash')
  expect(take().filter(each => each === 'active')).toEqual(['active'])
})

test('the inbox of a person is told of their first visit, until it knows', () => {
  const { room, take } = newRoom()
  room.open('guest:Gil', { kind: 'guest' })
  room.disconnect(room.open('ada'))
  room.disconnect(room.open('ada')) // what was told has not arrived
  expect(take()).toEqual(['ada', 'ada'])
  room.step(it => it.run(({ components }) => components.get(InboxActivity).visitTold('ada'), room.now))
  room.crash()
  room.open('ada')
  room.open('bob')
  expect(take()).toEqual(['bob'])
})

test('an inbox knows where its owner has been, also one from before it did', () => {
  const sql = nodeSql()
  const store = new InboxStore(sql)
  expect(store.visits(9)).toEqual([])
  store.setVisited('circle:gone', false, 1)
  expect(sql.all(`SELECT name FROM sqlite_master`)).toEqual([])
  const from = { id: 'bob', name: 'Bob' }
  store.add({ channel: 'circle:dev', epoch: 'e', seq: 3, kind: 'mention', at: 0, root: null, from })
  sql.all(`DROP TABLE visits`)
  sql.all(`ALTER TABLE items DROP COLUMN message`)
  sql.all(`UPDATE schema_version SET version = 1`) // as it was before
  const later = new InboxStore(sql)
  for (const [at, name] of ['a', 'b', 'c', 'a'].entries()) later.setVisited(`circle:${name}`, true, at)
  expect(later.visits(2)).toEqual(['circle:c', 'circle:b'])
  later.setVisited('circle:c', false, 9)
  expect(new InboxStore(sql).visits(9)).toEqual(['circle:b', 'circle:a'])
  expect(later.items(9, true)).toHaveLength(1)
})
