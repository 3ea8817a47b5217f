import { expect, test } from 'vitest'
import { InboxStore } from '../../../../src/deployment/inbox/inbox-store.ts'
import type { ApprovalAsk, TurnRequest } from '../../../../src/protocol/turns.ts'
import { retention } from '../../../../src/rooms/log/retention.ts'
import type { Addressed } from '../../../../src/rooms/outbound/inbox/addressees.ts'
import { InboxFeed, inboxFeed } from '../../../../src/rooms/outbound/inbox/feed.ts'
import { readers } from '../../../../src/rooms/outbound/inbox/readers.ts'
import type { InboxNews } from '../../../../src/rpc/inbox.ts'
import { nodeSql } from '../../../support/node-sql.ts'
import { modes, TestRoom } from '../../../support/test-room.ts'

/** A circle with the agent `owl`, whose news arrive at once. */
function newRoom(options: { hibernates?: boolean } = {}) {
  const sent: { seq: number; addressed: readonly Addressed[] }[] = []
  const send = (seq: number, addressed: readonly Addressed[]): void => {
    room.working.add(`inbox ${seq}`)
    sent.push({ seq, addressed })
  }
  const room: TestRoom = new TestRoom({ ...options, tables: { components: [retention, readers, inboxFeed(send)] } })
  /** Takes what was sent, and what follows it. */
  const take = (): { user: string; news: InboxNews }[] => {
    const all: { user: string; news: InboxNews }[] = []
    for (let next = sent.shift(); next !== undefined; next = sent.shift()) {
      const { seq, addressed } = next
      all.push(...addressed)
      room.working.delete(`inbox ${seq}`)
      room.step(it =>
        it.run(({ components }) => components.get(InboxFeed).finished(seq, { ok: true }, room.now), room.now),
      )
    }
    return all
  }
  const sessions = {
    ada: room.open('ada'),
    bob: room.open('bob'),
    mod: room.open('mod', { role: 'moderator' }),
    eve: room.open('eve', { role: 'reader' }),
  }
  room.open('guest:Gil', { kind: 'guest' })
  return { room, take, ...sessions }
}

const newest = (room: TestRoom): TurnRequest => room.calls.at(-1) as TurnRequest

/** Ada asks the agent, and it asks for approval; returns whom that reaches, and the approval. */
function askFor(ask: Partial<ApprovalAsk>, options: { hibernates?: boolean } = {}) {
  const circle = newRoom(options)
  circle.room.sendMessage(circle.ada, '@owl deploy it')
  circle.room.turnEnded(newest(circle.room), { type: 'asks', ask: { description: 'Deploy 1.2?', ...ask } })
  const asked = circle.take()
  const [first] = asked
  const approval = first !== undefined && 'approval' in first.news ? (first.news.approval ?? '') : ''
  return { ...circle, asked, approval }
}

const usersOf = (all: readonly { user: string }[]): string[] => all.map(({ user }) => user).sort()

test.each(modes)('a request for approval is for those whose role is enough: $mode', ({ hibernates }) => {
  const { asked, approval, room } = askFor({ role: 'member' }, { hibernates })
  expect(usersOf(asked)).toEqual(['ada', 'bob', 'mod']) // neither a reader nor a guest
  const { seq, epoch } = { seq: 2, epoch: room.room.context.settings.epoch }
  const from = { id: 'owl', name: 'owl' }
  const news = {
    channel: 'circle:dev',
    epoch,
    seq,
    kind: 'approval',
    at: room.now,
    root: null,
    approval,
    text: 'Deploy 1.2?',
    isPrivate: false,
  }
  expect(asked[0]).toEqual({ user: 'ada', news: { ...news, from: expect.objectContaining({ id: from.id }) } })
  expect(usersOf(askFor({ role: 'moderator' }, { hibernates }).asked)).toEqual(['mod'])
})

test('a request that names people is for those of them who have been here', () => {
  const { asked } = askFor({ users: ['bob', 'eve', 'nobody'] })
  expect(usersOf(asked)).toEqual(['bob', 'eve'])
})

test('who asked for what they may not approve themselves is not asked', () => {
  const { asked } = askFor({})
  expect(usersOf(asked)).toEqual(['bob', 'mod'])
})

test.each(modes)('everybody who was asked is told that it is decided, and nobody else: $mode', ({ hibernates }) => {
  const { room, take, bob, approval } = askFor({ role: 'member' }, { hibernates })
  room.command(bob, 'approve', { approval })
  const closed = { channel: 'circle:dev', closed: approval }
  const sent = take()
  expect(usersOf(sent)).toEqual(['ada', 'bob', 'mod'])
  expect(sent.map(({ news }) => news)).toEqual([closed, closed, closed])
})

test('a request that nobody decides in time is closed for all who were asked', () => {
  const { room, take, approval } = askFor({ role: 'moderator', minutes: 5 })
  room.advance(300_000)
  expect(take()).toEqual([{ user: 'mod', news: { channel: 'circle:dev', closed: approval } }])
})

test.each(modes)(
  'a turn that fails is for whoever asked for it, and a cancelled one for nobody: $mode',
  ({ hibernates }) => {
    const { room, take, bob } = newRoom({ hibernates })
    room.sendMessage(bob, '@owl what now?')
    room.turnEnded(newest(room), { type: 'failed', code: 'agent_error', message: 'no', retry: false })
    const { seq } = { seq: room.room.context.log.head }
    expect(room.room.context.log.at(seq)?.type).toBe('turn_failed')
    expect(take()).toMatchObject([{ user: 'bob', news: { seq, kind: 'failure', from: { id: 'owl' }, root: null } }])
  },
)

test('the failure of a turn that a guest asked for is for nobody', () => {
  const { room, take } = newRoom()
  room.sendMessage(room.open('guest:Gil', { kind: 'guest' }), '@owl what now?')
  room.turnEnded(newest(room), { type: 'failed', code: 'agent_error', message: 'no', retry: false })
  expect(take()).toEqual([])
})

test.each(modes)('[I1] an edit is for those whom the text did not name before: $mode', ({ hibernates }) => {
  const { room, take, bob } = newRoom({ hibernates })
  room.sendMessage(bob, 'look, @Ada')
  room.command(bob, 'message', { content: 'and here', reply_to: 1 })
  expect(usersOf(take())).toEqual(['ada'])
  room.command(bob, 'edit', { seq: 1, content: 'look, @Ada and @Eve and @Bob' })
  const epoch = room.room.context.settings.epoch
  const from = { id: 'bob', name: 'Bob' }
  const text = { text: 'look, @Ada and @Eve and @Bob', isPrivate: false }
  const news = { channel: 'circle:dev', epoch, kind: 'mention', at: room.now, from, ...text }
  expect(take()).toEqual([{ user: 'eve', news: { ...news, seq: 3, root: null, message: 1 } }])
  room.command(bob, 'edit', { seq: 1, content: 'look, all of you' })
  room.command(bob, 'edit', { seq: 1, content: 'look, @Eve and @Mod' }) // the text before this one named neither
  expect(
    take()
      .map(({ user, news }) => [user, 'seq' in news && news.seq])
      .sort(),
  ).toEqual([
    ['eve', 5],
    ['mod', 5],
  ])
  room.command(bob, 'edit', { seq: 1, content: 'please look, @Eve and @Mod' })
  expect(take()).toEqual([])
  room.command(bob, 'edit', { seq: 2, content: 'and here, @Mod' })
  expect(take()).toMatchObject([{ user: 'mod', news: { seq: 7, message: 2, root: 1 } }])
})

test('[I1] an edit of what was deleted meanwhile is for nobody', () => {
  const { room, take, bob } = newRoom()
  room.sendMessage(bob, '@Mod')
  room.sendMessage(bob, 'look')
  room.command(bob, 'edit', { seq: 2, content: 'look, @Eve' }) // waits for what goes before it
  room.command(bob, 'delete', { seq: 2 })
  expect(usersOf(take())).toEqual(['mod'])
})

test('[I1] an inbox keeps which message was edited', () => {
  const store = new InboxStore(nodeSql())
  const from = { id: 'bob', name: 'Bob' }
  store.add({ channel: 'circle:dev', epoch: 'e', seq: 3, kind: 'mention', at: 0, root: null, from, message: 1 })
  store.add({ channel: 'circle:dev', epoch: 'e', seq: 4, kind: 'mention', at: 1, root: null, from })
  expect(store.items(9, true).map(({ seq, message }) => [seq, message])).toEqual([
    [4, undefined],
    [3, 1],
  ])
})
