import { expect, test } from 'vitest'
import { type Snapshot, snapshotOf } from '../../src/client/client.ts'
import { contentsOf, setUpCircle } from './fixtures.ts'

/** A snapshot as a program gets it back from where it kept it. */
const kept = (snapshot: Snapshot | null): Snapshot => JSON.parse(JSON.stringify(snapshot))

test('what was kept is shown without a network, with what changed it; the connection then resumes after it', async () => {
  const { room, circle, open } = setUpCircle()
  room.post('one')
  room.post('two')
  room.append('reaction', { target: 1, emoji: '👍', user_id: 'guest:bob' })
  expect(snapshotOf(circle)).toBeNull()
  await open()
  const snapshot = kept(snapshotOf(circle))

  const later = setUpCircle()
  for (const event of room.log) later.room.append(event.type, event.data, event.id)
  later.circle.restore(snapshot)
  expect(later.circle.state).toMatchObject({
    position: 3,
    self: { id: 'guest:ada' },
    members: [],
    unread: { count: 0 },
  })
  expect(later.circle.state.entries).toEqual(circle.state.entries)

  later.room.post('three')
  await later.open()
  expect(contentsOf(later.circle)).toEqual(['one', 'two', 'three'])
  expect(later.room.peers[0]?.url.searchParams.get('since')).toBe('3')
  expect(later.circle.state.memberCount).toBe(1)
})

test('a channel that was connected takes nothing that was kept', async () => {
  const { room, circle, open } = setUpCircle()
  room.post('one')
  await open()
  const snapshot = kept(snapshotOf(circle))
  room.post('two')
  const next = setUpCircle()
  next.room.post('other')
  await next.open()
  next.circle.restore(snapshot)
  expect(contentsOf(next.circle)).toEqual(['other'])
})

test('a log that was reset meanwhile replaces what was kept', async () => {
  const { room, circle, open } = setUpCircle()
  room.post('one')
  await open()
  const next = setUpCircle()
  next.room.reset()
  next.room.post('anew')
  next.circle.restore(kept(snapshotOf(circle)))
  expect(contentsOf(next.circle)).toEqual(['one'])
  await next.open()
  expect(contentsOf(next.circle)).toEqual(['anew'])
})

test('a snapshot has at most so many entries and characters, and nothing that was written in a deleted message', async () => {
  const { platform, room, circle, open } = setUpCircle()
  for (let index = 1; index <= 260; index++) room.post(`message ${index}`)
  room.append('message_edited', { target: 259, content: 'a secret', user_id: 'guest:bob' })
  room.append('message_deleted', { target: 259, user_id: 'guest:bob' })
  await open()
  for (const _page of [1, 2]) {
    void circle.loadOlder(200)
    await platform.advance(10)
  }
  expect(circle.state.entries).toHaveLength(260)
  const snapshot = kept(snapshotOf(circle))
  expect(snapshot.events[0]?.seq).toBe(61)
  expect(JSON.stringify(snapshot)).not.toMatch(/a secret|message 259"/)
  const next = setUpCircle()
  next.circle.restore(snapshot)
  expect(next.circle.state.entries).toHaveLength(200)
  expect(next.circle.entry(259)).toMatchObject({ deleted: true, content: '' })
  expect(snapshotOf(circle, { entries: 2, characters: 500 })?.events.map(({ seq }) => seq)).toEqual([260, 262])
})
