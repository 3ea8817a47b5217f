import { expect, test } from 'vitest'
import { InboxStore } from '../../../../src/deployment/inbox/inbox-store.ts'
import { retention } from '../../../../src/rooms/log/retention.ts'
import type { Addressed } from '../../../../src/rooms/outbound/inbox/addressees.ts'
import { InboxFeed, inboxFeed } from '../../../../src/rooms/outbound/inbox/feed.ts'
import { readers } from '../../../../src/rooms/outbound/inbox/readers.ts'
import { archiveOf, importInto } from '../../../support/import-log.ts'
import { nodeSql } from '../../../support/node-sql.ts'
import { modes, TestRoom } from '../../../support/test-room.ts'

const limits = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9, user_message_burst: 1e6 }

type Sent = { seq: number; addressed: readonly Addressed[] }

/** A circle whose news the test takes. */
function newRoom(options: { name?: string; hibernates?: boolean } = {}) {
  const sent: Sent[] = []
  const send = (seq: number, addressed: readonly Addressed[]): void => {
    room.working.add(`inbox ${seq}`) // a delivery keeps the object awake
    sent.push({ seq, addressed })
  }
  const room: TestRoom = new TestRoom({
    ...options,
    limits,
    tables: { components: [retention, readers, inboxFeed(send)] },
  })
  const finish = (seq: number, ok = true): void => {
    room.working.delete(`inbox ${seq}`)
    const result = ok ? ({ ok: true } as const) : { ok: false as const, error: 'gone', gone: false }
    room.step(it => it.run(({ components }) => components.get(InboxFeed).finished(seq, result, room.now), room.now))
  }
  /** Takes what was sent, and what follows it, as [user, kind, seq]. */
  const take = (): [string, string, number][] => {
    const all: [string, string, number][] = []
    for (let next = sent.shift(); next !== undefined; next = sent.shift()) {
      for (const { user, news } of next.addressed)
        all.push([user, 'closed' in news ? 'closed' : news.kind, 'closed' in news ? 0 : news.seq])
      finish(next.seq)
    }
    return all
  }
  return { room, sent, finish, take }
}

test.each(modes)('mentions, and replies in a thread, are for those who have been here: $mode', ({ hibernates }) => {
  const { room, take } = newRoom({ hibernates })
  const [ada, bob, eve] = [room.open('ada'), room.open('bob'), room.open('eve')]
  room.open('guest:Gil', { kind: 'guest' })
  room.sendMessage(bob, 'no one')
  room.sendMessage(bob, 'look, @Ada and @Bob and @Gil')
  room.disconnect(ada)
  room.sendMessage(bob, '@ADA again, `@Eve` not')
  expect(take()).toEqual([
    ['ada', 'mention', 2],
    ['ada', 'mention', 3],
  ])
  room.command(eve, 'message', { content: 'a reply', reply_to: 1 })
  room.command(bob, 'message', { content: 'mine', reply_to: 1 })
  room.command(eve, 'message', { content: 'for @Ada too', reply_to: 1 })
  expect(take()).toEqual([
    ['bob', 'reply', 4],
    ['eve', 'reply', 5],
    ['ada', 'mention', 6],
    ['bob', 'reply', 6],
  ])
})

test('a circle that only guests have visited stores nothing and tells nobody', () => {
  const { room, take } = newRoom()
  const guest = room.open('guest:Gil', { kind: 'guest' })
  room.sendMessage(guest, '@Gil, @Ada')
  expect(take()).toEqual([])
  const count = (table: string) => room.sql.all(`SELECT * FROM ${table}`).length
  expect([count('circles_readers'), count('circles_inbox_feed')]).toEqual([0, 0])
})

test('who may not be here any more is not told', () => {
  const { room, take } = newRoom()
  const olga = room.open('olga', { role: 'owner' })
  room.open('ada')
  room.open('eve')
  room.manageMembers('olga', { do: 'change', user: 'eve', change: { banned: true } }, 'owner')
  room.sendMessage(olga, '@Ada @Eve')
  expect(take()).toEqual([['ada', 'mention', 2]])
  room.command(olga, 'configure', { visibility: 'private' })
  room.sendMessage(olga, '@Ada')
  expect(take()).toEqual([])
})

test('what could not be delivered is sent again, and nothing overtakes it', () => {
  const { room, sent, finish, take } = newRoom()
  const bob = room.open('bob')
  room.open('ada')
  room.sendMessage(bob, '@Ada one')
  room.sendMessage(bob, '@Ada two')
  expect(sent.splice(0).map(({ seq }) => seq)).toEqual([1])
  finish(1, false)
  expect(sent).toEqual([])
  room.advance(1_000)
  expect(sent.map(({ seq }) => seq)).toEqual([1])
  room.crash()
  sent.splice(0)
  room.advance(1)
  expect(take()).toEqual([
    ['ada', 'mention', 1],
    ['ada', 'mention', 2],
  ])
})

test('[I4] how far a person has read is one row in five seconds, is known on the next device, and guests have none', () => {
  const { room } = newRoom()
  const bob = room.open('bob')
  const ada = room.open('ada')
  const rows = () => room.sql.all<{ user: string; seq: number }>(`SELECT user, seq FROM circles_readers ORDER BY user`)
  expect(rows()).toEqual([
    { user: 'ada', seq: 0 },
    { user: 'bob', seq: 0 },
  ])
  for (let n = 0; n < 5; n++) room.sendMessage(bob, `message ${n}`)
  room.advance(5_000)
  room.command(ada, 'read', { seq: 1 })
  room.advance(500) // ephemeral frames wait for their turn
  expect(rows()[0]).toEqual({ user: 'ada', seq: 1 })
  room.command(ada, 'read', { seq: 3 })
  room.advance(1_000)
  room.command(ada, 'read', { seq: 2 })
  room.advance(1_000)
  expect(rows()[0]).toEqual({ user: 'ada', seq: 1 })
  room.advance(5_000)
  expect(rows()[0]).toEqual({ user: 'ada', seq: 3 })
  const again = room.open('ada')
  expect(room.take(again)[0]).toMatchObject({ type: 'welcome', data: { read: 3 } })
  const guest = room.open('guest:Gil', { kind: 'guest' })
  expect(room.take(guest)[0]?.data).not.toHaveProperty('read')
})

test('after an import, everybody has read the new log to its end, also who had not read the old one', () => {
  const { room, take } = newRoom()
  const bob = room.open('bob')
  const ada = room.open('ada')
  for (let n = 0; n < 5; n++) room.sendMessage(bob, `@Ada ${n}`)
  room.command(ada, 'read', { seq: 2 })
  take()
  const source = new TestRoom()
  for (const text of ['one', 'two', '@Ada']) source.sendMessage(source.open('eve'), text)
  expect(importInto(room, archiveOf(source))).toHaveProperty('value')
  room.advance(10_000)
  expect(take()).toEqual([])
  const again = room.open('ada')
  expect(room.take(again)[0]).toMatchObject({ type: 'welcome', data: { read: 3 } })
  room.command(again, 'read', { seq: 2 })
  room.sendMessage(room.open('bob'), '@Ada again')
  expect(take()).toEqual([['ada', 'mention', 4]])
})

test('an inbox keeps each event once, and has no table before the first', () => {
  const sql = nodeSql()
  const store = new InboxStore(sql)
  const tables = () => sql.all(`SELECT name FROM sqlite_master`).length
  const mark = { channel: 'circle:dev', seq: 9, root: null, only: false }
  expect([store.unread(), store.items(9, false), store.markRead(mark), store.close('circle:dev', 'a')]).toEqual([
    [],
    [],
    false,
    false,
  ])
  expect(tables()).toBe(0)
  const event = { channel: 'circle:dev', epoch: 'e', seq: 3, kind: 'mention', at: 0, root: null } as const
  const from = { id: 'bob', name: 'Bob' }
  expect(store.add({ ...event, from })).toMatchObject({ seq: 3, read: false })
  expect(new InboxStore(sql).add({ ...event, from })).toBeNull()
  store.add({ ...event, from, seq: 4, kind: 'reply', root: 1 })
  store.add({ ...event, from, seq: 5, kind: 'approval', approval: 'a1' })
  store.add({ ...event, from, seq: 6 })
  expect(store.markRead({ ...mark, seq: 6, only: true })).toBe(true) // that one, and none before it
  expect(store.unread()).toEqual([
    { channel: 'circle:dev', mentions: 1, replies: 1, direct: 0, approvals: 1, failures: 0, first: 3 },
  ])
  expect([store.markRead(mark), store.markRead(mark)]).toEqual([true, false])
  expect(store.items(9, true).map(({ seq }) => seq)).toEqual([5, 4]) // a thread, and what waits for a decision
  store.markRead({ ...mark, root: 1 })
  expect(store.close('circle:dev', 'a1')).toBe(true)
  expect(store.unread()).toEqual([])
  store.add({ ...event, from, epoch: 'another', seq: 1 })
  expect(store.items(9, false).map(({ seq }) => seq)).toEqual([1]) // a log that was replaced
})
