import { expect, test } from 'vitest'
import { TestRoom, type TestSession } from '../../support/test-room.ts'

const fast = { messages_per_second: 1e6, message_burst: 1e6, user_messages_per_second: 1e6, user_message_burst: 1e6 }

function codes(room: TestRoom, session: TestSession): unknown[] {
  return room.take(session).flatMap(({ type, data }) => (type === 'error' ? [data.code] : []))
}

const hops = (room: TestRoom) =>
  room.room.context.log
    .after(0, 1_000)
    .events.flatMap(({ type, data }) => (type === 'message' ? [(data as { hop: number }).hop] : []))

/** Two programs that mention each other as fast as they can, until both are refused. */
function storm(room: TestRoom, a: TestSession, b: TestSession, pauseMs = 0, most = 100): number {
  for (let n = 0; n < most; n++) {
    const [from, to] = n % 2 === 0 ? [a, 'bb'] : [b, 'aa']
    room.sendMessage(from, `@${to} and what do you say?`)
    if (codes(room, from).includes('loop_guard')) return n
    room.advance(pauseMs)
  }
  return most
}

test('[T7] two bots that mention each other end after 8 hops in loop_guard', () => {
  const room = new TestRoom({ limits: fast })
  const [a, b] = [room.open('aa', { bot: true }), room.open('bb', { bot: true })]
  expect(storm(room, a, b)).toBe(9)
  expect(hops(room)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(room.room.context.log.after(0, 1).events[0]?.data).toMatchObject({ user_id: 'aa', bot: true })
})

test('[T7] a circle can say that a user is a bot, and a mention is answered within a minute or is over', () => {
  const room = new TestRoom({ limits: fast })
  const ada = room.open('ada', { role: 'owner' })
  room.command(ada, 'configure', { bots: ['aa', 'bb'] })
  const [a, b] = [room.open('aa', { kind: 'guest' }), room.open('bb', { kind: 'guest' })]
  expect(storm(room, a, b, 1_000)).toBe(9)
  room.advance(60_000)
  expect(storm(room, a, b, 61_000, 12)).toBe(12)
})

test('[T7] an answer by reply_to counts without a mention', () => {
  const room = new TestRoom({ limits: fast })
  const [a, b] = [room.open('aa', { bot: true }), room.open('bb', { bot: true })]
  room.sendMessage(a, 'one')
  for (let n = 1; n <= 9; n++) room.command(n % 2 === 0 ? a : b, 'message', { content: 'next', reply_to: n }, `m${n}`)
  expect(hops(room)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(codes(room, b)).toEqual(['loop_guard'])
})

test('[T7] a bot answers another, which does not answer that, at most 20 times a minute', () => {
  const room = new TestRoom({ limits: fast })
  const [a, b] = [room.open('aa', { bot: true }), room.open('bb', { bot: true })]
  let answered = 0
  for (let n = 0; n < 30; n++) {
    room.sendMessage(a, `${n}: @bb?`)
    room.take(a)
    room.command(b, 'message', { content: 'yes', reply_to: room.room.context.log.head }, `b${n}`)
    if (!codes(room, b).includes('loop_guard')) answered++
  }
  expect(answered).toBe(20)
  room.advance(60_000)
  room.sendMessage(a, 'again: @bb?')
  room.sendMessage(b, '@aa yes')
  expect(codes(room, b)).toEqual([])
})

test('[T7] a bot and an agent that mention each other end after 8 hops', () => {
  const room = new TestRoom({ limits: fast, agents: ['owl'] })
  const bot = room.open('aa', { bot: true })
  room.sendMessage(bot, '@owl hello')
  let turns = 0
  for (; turns < 20 && room.calls.length > turns; turns++) {
    const call = room.calls[turns]
    if (call === undefined) throw new Error('expected a call')
    room.turnProgressed(call, { type: 'delta', text: '@aa yes?' })
    room.turnEnded(call, { type: 'answered', content: '@aa yes?', truncated: false })
    room.sendMessage(bot, '@owl hello again')
  }
  expect(turns).toBe(4)
  expect(room.take(bot).filter(({ type }) => type === 'error' || type === 'turn_failed')).toHaveLength(1)
})

test('[T7] a bot that answers people, or talks to itself, is no storm', () => {
  const room = new TestRoom({ limits: fast })
  const [ada, a] = [room.open('ada'), room.open('aa', { bot: true })]
  for (let n = 0; n < 30; n++) {
    room.sendMessage(ada, '@aa hello')
    room.sendMessage(a, '@ada hello, says @aa')
  }
  expect([codes(room, a), new Set(hops(room))]).toEqual([[], new Set([0])])
})

test('two guests who only mention each other are slowed down to the pace of people; a third ends that', () => {
  const room = new TestRoom({ limits: fast })
  const [a, b, c] = ['aa', 'bb', 'cc'].map(name => room.open(name, { kind: 'guest' }))
  if (!a || !b || !c) throw new Error('expected three sessions')
  const say = (session: TestSession, pauseMs: number) => {
    room.advance(pauseMs)
    room.sendMessage(session, session === a ? '@bb, and you?' : '@aa, and you?')
    return codes(room, session)
  }
  const refusals = Array.from({ length: 30 }, (_, n) => say(n % 2 === 0 ? a : b, 100))
  expect(refusals.findIndex(codes => codes.length > 0)).toBe(22)
  expect(say(a, 2_000)).toEqual([])
  expect(say(b, 100)).toEqual(['rate_limited'])
  expect([say(c, 0), say(b, 0), say(a, 0), say(b, 0)]).toEqual([[], [], [], []])
})

test('guests who write at the same time, without mentioning each other, are never slowed down', () => {
  const room = new TestRoom({ limits: fast })
  const [a, b] = [room.open('aa', { kind: 'guest' }), room.open('bb', { kind: 'guest' })]
  for (let n = 0; n < 100; n++) room.sendMessage(n % 2 === 0 ? a : b, `line ${n}`)
  expect([codes(room, a), codes(room, b)]).toEqual([[], []])
})

test('people with a token are never slowed down for answering each other', () => {
  const room = new TestRoom({ limits: fast })
  const [a, b] = [room.open('aa'), room.open('bb')]
  for (let n = 0; n < 100; n++) room.sendMessage(n % 2 === 0 ? a : b, n % 2 === 0 ? '@bb?' : '@aa?')
  expect([codes(room, a), codes(room, b)]).toEqual([[], []])
})
