import { expect, test } from 'vitest'
import { acquaintances } from '../../../src/rooms/direct/acquaintances.ts'
import { privateChat, refuseBlocked } from '../../../src/rooms/direct/private-chat.ts'
import { builtinHooks } from '../../../src/rooms/hooks.ts'
import { retention } from '../../../src/rooms/log/retention.ts'
import { inboxFeed } from '../../../src/rooms/outbound/inbox/feed.ts'
import { readers } from '../../../src/rooms/outbound/inbox/readers.ts'
import type { DirectRequest } from '../../../src/rpc/direct.ts'
import { modes, TestRoom } from '../../support/test-room.ts'

const name = `dm~${'0'.repeat(32)}`
const people = [
  { id: 'ada', name: 'Ada' },
  { id: 'bob', name: 'Bob' },
] as const

function newChat(options: { hibernates?: boolean } = {}) {
  const sent: (readonly [string, string])[] = []
  const feed = inboxFeed((_, addressed) => {
    for (const { user, news } of addressed) sent.push([user, 'closed' in news ? 'closed' : news.kind])
  })
  const hooks = { ...builtinHooks, writeGuards: [...builtinHooks.writeGuards, refuseBlocked] }
  const tables = { components: [retention, readers, feed, privateChat], hooks }
  const room = new TestRoom({ ...options, name, tables })
  return { room, sent }
}

/** Asks the component as somebody does over HTTP; `admits`: it decides who may come in. */
const ask = (room: TestRoom, user: string, request: DirectRequest) =>
  room.askAdmin(user, { do: 'component', name: 'direct', request, admits: request.do === 'begin' })

test.each(modes)(
  '[C5] the two of a private chat are let in once it has begun, nobody else is: $mode',
  ({ hibernates }) => {
    const { room } = newChat({ hibernates })
    expect(room.connectRefusal('ada')).toBe('not_found')
    expect(ask(room, 'ada', { do: 'begin', people })).toEqual({ value: { user: people[1], blocked: false } })
    expect(['ada', 'bob', 'eve'].map(user => room.connectRefusal(user))).toEqual([null, null, 'not_found'])
    expect(ask(room, 'bob', { do: 'describe' })).toEqual({ value: { user: people[0], blocked: false } })
    expect(ask(room, 'eve', { do: 'describe' })).toMatchObject({ refused: { code: 'not_found' } })
    expect(room.room.context.log.head).toBe(0) // nothing of this is told in the chat
  },
)

test('[C5] what was written before a guest first comes is new to them', () => {
  const { room } = newChat()
  const both = [people[0], { id: 'guest:Bob', name: 'Bob' }] as const
  ask(room, 'ada', { do: 'begin', people: both })
  room.sendMessage(room.open('ada'), 'hello')
  const welcomeOf = (name: string, kind: 'guest' | 'person') => room.take(room.open(name, { kind }))[0]
  expect(welcomeOf('guest:Bob', 'guest')).toMatchObject({ type: 'welcome', data: { head: 1, read: 0 } })
  expect(welcomeOf('ada', 'person')).toMatchObject({ type: 'welcome', data: { head: 1 } })
})

test('[C5] whoever has left comes back by beginning it again', () => {
  const { room } = newChat()
  ask(room, 'ada', { do: 'begin', people })
  room.manageMembers('ada', { do: 'remove', user: 'ada' })
  expect(room.connectRefusal('ada')).toBe('not_found')
  ask(room, 'ada', { do: 'begin', people })
  expect(room.connectRefusal('ada')).toBeNull()
})

test.each(modes)('[C5] a block refuses what both write, also on an open socket: $mode', ({ hibernates }) => {
  const { room } = newChat({ hibernates })
  ask(room, 'ada', { do: 'begin', people })
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  room.sendMessage(ada, 'hello')
  expect(ask(room, 'bob', { do: 'block', blocked: true })).toMatchObject({ value: { blocked: true } })
  for (const session of [ada, bob]) room.take(session)
  for (const session of [ada, bob]) room.sendMessage(session, 'again')
  const codes = [ada, bob].map(session => room.take(session).map(({ data }) => data?.code))
  expect(codes).toEqual([['blocked'], ['blocked']])
  expect(ask(room, 'ada', { do: 'begin', people })).toMatchObject({ refused: { code: 'blocked' } })
  ask(room, 'bob', { do: 'block', blocked: false })
  room.sendMessage(ada, 'at last')
  expect(room.take(bob)).toMatchObject([{ type: 'message', data: { content: 'at last' } }])
})

test('[C5] [I1] each message is for the other one, who need not have been here', () => {
  const { room, sent } = newChat()
  ask(room, 'ada', { do: 'begin', people })
  room.sendMessage(room.open('ada'), 'hello')
  expect(sent).toEqual([['bob', 'direct']])
})

test('[C5] a circle knows who is there, who has read and who has written, for those who may write', () => {
  const room = new TestRoom({ tables: { components: [retention, readers, acquaintances] } })
  const find = (asker: string, user: string, role: 'member' | 'reader' = 'member') =>
    room.askAdmin(asker, { do: 'component', name: 'direct', request: { do: 'find', user } }, role)
  const [ada, guest] = [room.open('ada'), room.open('guest:Gil', { kind: 'guest' })]
  room.open('olga')
  expect(find('ada', 'olga')).toEqual({ value: { id: 'olga', name: 'Olga' } })
  expect(find('ada', 'guest:Gil')).toMatchObject({ value: { id: 'guest:Gil' } })
  room.disconnect(guest)
  room.advance(60_000)
  expect(find('ada', 'guest:Gil')).toEqual({ value: null }) // a guest who is gone and has said nothing
  expect(find('ada', 'eve')).toEqual({ value: null })
  expect(find('eve', 'ada')).toEqual({ value: null }) // who has not been here
  expect(find('ada', 'olga', 'reader')).toEqual({ value: null })
  expect(find('ada', 'agent:pickle')).toEqual({ value: null })
  room.manageMembers('root', { do: 'change', user: 'olga', change: { banned: true } }, 'owner')
  expect(find('ada', 'olga')).toEqual({ value: null })
  room.disconnect(ada)
})
