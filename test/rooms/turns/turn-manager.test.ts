import { describe, expect, test } from 'vitest'
import type { TurnOutcome } from '../../../src/agents/run-turn.ts'
import type { TurnRequest } from '../../../src/protocol/turns.ts'
import { nothing } from '../../../src/rooms/outcome.ts'
import { deltaInterval } from '../../../src/rooms/turns/streaming-turn.ts'
import { type Frame, TestRoom, type TestSession } from '../../support/test-room.ts'

const done = (content: string): TurnOutcome => ({ type: 'answered', content, truncated: false })
const failure = (retry = true): TurnOutcome => ({
  type: 'failed',
  code: 'agent_failed',
  message: 'The agent failed.',
  retry,
})
const fast = { messages_per_second: 1e6, message_burst: 1e6 }

function newRoom(options: ConstructorParameters<typeof TestRoom>[0] = {}) {
  const room = new TestRoom({ limits: fast, ...options })
  const ada = room.open('ada')
  const bob = room.open('bob')
  room.advance(2_000)
  room.take(ada)
  room.take(bob)
  return { room, ada, bob }
}

/** Returns the type and data of each frame a session received. */
const received = (room: TestRoom, session: TestSession) =>
  room.take(session).map(({ type, data }) => [type, data] as const)
const ofType = (frames: Frame[], type: string) => frames.filter(frame => frame.type === type).map(({ data }) => data)

/** Replies to a call as an agent does: a delta with the whole text, then the end. */
function reply(room: TestRoom, call: TurnRequest | undefined, content: string) {
  if (call === undefined) throw new Error('expected a call')
  room.turnProgressed(call, { type: 'delta', text: content })
  room.turnEnded(call, done(content))
}
const rows = (room: TestRoom, table: string) => room.sql.all(`SELECT * FROM ${table}`)

describe.each([
  ['awake', false],
  ['hibernated whenever it can be', true],
])('a circle that is %s', (_, hibernates) => {
  test('[T3] an agent receives the id of the request, also after a crash, and so does an agent it prompts', () => {
    const { room } = newRoom({ hibernates })
    const eve = room.open('eve', { request: 'r-1' })
    room.sendMessage(eve, '@pickle hello')
    expect(room.calls.map(({ request_id }) => request_id)).toEqual(['r-1'])
    room.crash()
    room.advance(1_000)
    expect(room.calls.map(({ attempt, request_id }) => [attempt, request_id])).toEqual([
      [1, 'r-1'],
      [2, 'r-1'],
    ])
    const again = room.calls[1] as TurnRequest
    room.turnProgressed(again, { type: 'delta', text: 'Ask @owl' })
    room.turnEnded(again, done('Ask @owl'))
    expect(room.calls[2]).toMatchObject({ agent: 'owl', request_id: 'r-1' })
    const owl = room.calls[2] as TurnRequest
    room.turnEnded(owl, failure(false))
    const { turn } = again
    expect(room.endedTurns).toEqual([
      { turn, attempts: 2, request: 'r-1', outcome: 'answered', code: undefined },
      { turn: owl.turn, attempts: 1, request: 'r-1', outcome: 'failed', code: 'agent_failed' },
    ])
  })

  test('[T3] [T4] a prompt is dispatched at once, streams, and has one reply', () => {
    const { room, ada, bob } = newRoom({ hibernates })
    room.sendMessage(ada, '@pickle hello', 'm1')
    const [call] = room.calls
    expect(call).toMatchObject({
      attempt: 1,
      agent: 'pickle',
      asked: { seq: 1, content: '@pickle hello' },
    })
    room.turnProgressed(room.calls[0] as TurnRequest, { type: 'delta', text: 'Me' })
    room.turnProgressed(room.calls[0] as TurnRequest, { type: 'delta', text: 'ow' })
    room.turnEnded(room.calls[0] as TurnRequest, done('Meow'))
    const about = { turn: call?.turn, agent_id: 'pickle' }
    expect(received(room, bob)).toEqual([
      ['message', { content: '@pickle hello', user_id: 'ada', user_name: 'Ada', client_id: 'm1', hop: 0 }],
      ['agent_status', { ...about, in_reply_to: 1, state: 'thinking', attempt: 1 }],
      ['agent_delta', { ...about, index: 0, text: 'Me' }],
      ['agent_delta', { ...about, index: 1, text: 'ow' }],
      [
        'agent_message',
        {
          content: 'Meow',
          ...about,
          agent_name: 'Pickle',
          in_reply_to: 1,
          session_id: call?.session_id,
          hop: 1,
        },
      ],
      ['agent_status', { ...about, in_reply_to: 1, state: 'idle', attempt: 1 }],
    ])
    expect(room.room.context.log.at(2)).toMatchObject({ type: 'agent_message', id: `turn:${call?.turn}` })
    expect(rows(room, 'turns')).toEqual([])
  })

  test('[T5] a failing call is attempted three times, 1 s and 4 s apart, and then fails once', () => {
    const { room, ada } = newRoom({ hibernates })
    room.sendMessage(ada, '@pickle hello')
    for (const delay of [0, 1_000, 4_000]) {
      room.advance(delay - 1)
      const before = room.calls.length
      room.advance(1)
      expect(room.calls.length).toBe(delay === 0 ? before : before + 1)
      room.turnEnded(room.calls.at(-1) as TurnRequest, failure())
    }
    room.advance(600_000)
    expect(room.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(ofType(room.take(ada), 'turn_failed')).toEqual([
      {
        turn: room.calls[0]?.turn,
        agent_id: 'pickle',
        in_reply_to: 1,
        code: 'agent_failed',
        message: 'The agent failed.',
        attempts: 3,
      },
    ])
    expect(rows(room, 'turns')).toEqual([])
  })

  test('[T6] one turn at a time per agent, the rest in order; another agent does not wait', () => {
    const { room, ada } = newRoom({ hibernates })
    for (const content of ['@pickle one', '@pickle two', '@owl three', '@pickle four']) room.sendMessage(ada, content)
    const called = () => room.calls.map(({ asked }) => asked.content)
    expect(called()).toEqual(['@pickle one', '@owl three'])
    reply(room, room.calls[0], '1')
    room.advance(0)
    expect(called()).toEqual(['@pickle one', '@owl three', '@pickle two'])
    reply(room, room.calls[2], '2')
    room.advance(0)
    expect(called()).toEqual(['@pickle one', '@owl three', '@pickle two', '@pickle four'])
  })
})

test('[T4] deltas are sent at most every 50 ms, joined they are the reply, and the reply comes last', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  const call = room.calls[0] as TurnRequest
  const text = 'abcdefghijklmnopqrstuvwxyz'
  const times: number[] = []
  for (const letter of text) {
    room.turnProgressed(call, { type: 'delta', text: letter })
    room.advance(10)
    for (const frame of room.take(ada))
      if (frame.type === 'agent_delta') times.push(Date.parse(frame.timestamp as string))
  }
  expect(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) >= 50)).toBe(true)
  expect(times.length).toBe(6)
  room.turnEnded(call, done(text))
  const types = room.take(ada).filter(({ type }) => type.startsWith('agent_'))
  expect(types.map(({ type }) => type)).toEqual(['agent_delta', 'agent_message', 'agent_status'])
})

test.each([
  [1, 50],
  [500, 50],
  [1_000, 100],
  [4_500, 250],
])('[T4] for %i subscribers, deltas are sent at most every %i ms', (subscribers, intervalMs) => {
  expect(deltaInterval(subscribers)).toBe(intervalMs)
})

test('[T4] a thousand subscribers receive a reply in fewer frames than a few do, and in full', () => {
  const { room, ada } = newRoom()
  for (let index = 3; index <= 1_000; index++) room.open(`user${index}`)
  room.sendMessage(ada, '@pickle hello')
  const call = room.calls[0] as TurnRequest
  room.take(ada)
  const deltas: { at: number; text: unknown }[] = []
  const collect = () => {
    for (const { type, timestamp, data } of room.take(ada))
      if (type === 'agent_delta') deltas.push({ at: Date.parse(timestamp as string), text: data['text'] })
  }
  for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
    room.turnProgressed(call, { type: 'delta', text: letter })
    room.advance(10)
    collect()
  }
  room.turnEnded(call, done('abcdefghijklmnopqrstuvwxyz'))
  collect()
  expect(deltas.map(({ text }) => text).join('')).toBe('abcdefghijklmnopqrstuvwxyz')
  const intervals = deltas.slice(1, -1).map(({ at }, index) => at - (deltas[index]?.at ?? 0))
  expect([deltas.length, Math.min(...intervals) >= 100]).toEqual([4, true])
})

test('[T4] rapid status changes are sent four times a second, the last one included', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  room.take(ada)
  room.activityReports.splice(0)
  for (let n = 1; n <= 100; n++) {
    room.turnProgressed(room.calls[0] as TurnRequest, { type: 'status', state: 'tool', tool: `tool ${n}` })
    room.advance(10)
  }
  room.advance(1_000)
  const tools = ofType(room.take(ada), 'agent_status').map(({ tool }) => tool)
  expect(tools).toEqual(['tool 1', 'tool 25', 'tool 50', 'tool 75', 'tool 100'])
  expect(room.activityReports).toHaveLength(5)
})

test('[T4] a late joiner receives the text so far and then the rest, with no gap and no repeat', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  const call = room.calls[0] as TurnRequest
  room.turnProgressed(call, { type: 'status', state: 'tool', tool: 'search' })
  room.turnProgressed(call, { type: 'delta', text: 'one ' })
  room.turnProgressed(call, { type: 'delta', text: 'two ' }) // held back: not sent yet
  const eve = room.open('eve')
  room.turnProgressed(call, { type: 'delta', text: 'three' })
  room.turnEnded(call, done('one two three'))
  const [welcome, ...rest] = room.take(eve)
  const live = welcome?.data.live as { text: string; index: number }[]
  expect(live).toEqual([
    { turn: call.turn, agent_id: 'pickle', in_reply_to: 1, state: 'tool', tool: 'search', text: 'one ', index: 1 },
  ])
  const deltas = ofType(rest, 'agent_delta')
  expect(deltas.map(({ index }) => index)).toEqual([1])
  expect(live[0]?.text + deltas.map(({ text }) => text).join('')).toBe('one two three')
})

test('[T4] the welcome has the queued turns', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle one')
  room.sendMessage(ada, '@pickle two')
  const [welcome] = room.take(room.open('eve'))
  expect(welcome?.data.live).toMatchObject([
    { in_reply_to: 1, state: 'thinking' },
    { in_reply_to: 2, state: 'queued' },
  ])
})

test('[T4] a new attempt restarts its deltas', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  room.turnProgressed(room.calls[0] as TurnRequest, { type: 'delta', text: 'half an ans' })
  room.turnEnded(room.calls[0] as TurnRequest, failure())
  room.advance(1_000)
  reply(room, room.calls[1], 'Meow')
  const frames = room.take(ada)
  expect(ofType(frames, 'agent_status').map(({ state, attempt }) => [state, attempt])).toEqual([
    ['thinking', 1],
    ['queued', 1],
    ['thinking', 2],
    ['idle', 2],
  ])
  expect(ofType(frames, 'agent_delta').map(({ index, text }) => [index, text])).toEqual([
    [0, 'half an ans'],
    [0, 'Meow'],
  ])
  expect(ofType(frames, 'agent_message').map(({ content }) => content)).toEqual(['Meow'])
})

test('[T5] a permanent failure is sent at once', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  room.turnEnded(room.calls[0] as TurnRequest, failure(false))
  expect(ofType(room.take(ada), 'turn_failed')).toMatchObject([{ attempts: 1 }])
})

test('[D3] [T5] a platform receives each retry as the same prompt with a higher retry_count', () => {
  const { room } = newRoom()
  const source = room.open('guest', { dialect: 'events' })
  room.send(source, { source: 'test', content: '@pickle hello' })
  for (const delay of [0, 1_000, 4_000]) {
    room.advance(delay)
    room.turnEnded(room.calls.at(-1) as TurnRequest, failure())
  }
  const events = room.take(source) as unknown as Record<string, unknown>[]
  expect(events.map(event => event.retry_count ?? event.error)).toEqual([0, 1, 2, 'The agent failed.'])
  expect(new Set(events.map(event => event.session_id)).size).toBe(1)
  expect(events.slice(0, 3).every(event => event.content === '@pickle hello')).toBe(true)
})

test('[T5] a stop keeps the text so far, marks it, and no delta follows its ack', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  const call = room.calls[0] as TurnRequest
  room.turnProgressed(call, { type: 'delta', text: 'Me' })
  room.turnProgressed(call, { type: 'delta', text: 'ow' })
  room.take(ada)
  room.command(ada, 'stop', { turn: call.turn }, 'x1')
  room.turnProgressed(call, { type: 'delta', text: ' and more' })
  room.turnEnded(call, { type: 'stopped', content: 'Meow and more' })
  room.advance(60_000)
  const frames = room.take(ada).filter(({ type }) => type !== 'presence')
  expect(frames.map(({ type }) => type)).toEqual(['agent_delta', 'agent_message', 'agent_status', 'ack'])
  expect(ofType(frames, 'agent_message')).toMatchObject([{ content: 'Meow', stopped: true }])
  expect(room.cancelled).toEqual([call.turn])
  expect(room.calls).toHaveLength(1)
})

test('[T5] the author of the prompt may stop, from any device, and so may a moderator; others may not', () => {
  const { room, ada, bob } = newRoom()
  const adasPhone = room.open('ada')
  const mod = room.open('mod', { role: 'moderator' })
  const stopBy = (session: TestSession) => {
    room.sendMessage(ada, '@pickle hello')
    const { turn } = room.calls.at(-1) as TurnRequest
    room.take(session)
    room.command(session, 'stop', { turn })
    const response = room.take(session).find(({ type }) => type === 'ack' || type === 'error')
    room.command(mod, 'stop', { turn })
    room.advance(1_000)
    return response?.data.code ?? response?.type
  }
  expect([bob, adasPhone, mod].map(stopBy)).toEqual(['forbidden', 'ack', 'ack'])
  room.command(ada, 'stop', { turn: 'nothing' })
  expect(ofType(room.take(ada), 'error')).toMatchObject([{ code: 'not_found' }])
})

test('[T5] a queued turn can be stopped before it was called', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle one')
  room.sendMessage(ada, '@pickle two')
  const [, waiting] = rows(room, 'turns') as { id: string }[]
  room.command(ada, 'stop', { turn: waiting?.id })
  reply(room, room.calls[0], '1')
  room.advance(100_000)
  expect(room.calls).toHaveLength(1)
})

test('[T6] twenty turns may be queued; the next prompt gets one error frame, and its message is stored', () => {
  const { room, ada, bob } = newRoom()
  for (let n = 0; n < 21; n++) room.sendMessage(ada, `@pickle ${n}`)
  room.take(bob)
  room.sendMessage(bob, '@pickle and @pickle once more', 'm1')
  const frames = room.take(bob)
  expect(ofType(frames, 'error')).toEqual([
    { code: 'rate_limited', message: 'Pickle has 20 prompts waiting already.', retry_after_ms: 60_000 },
  ])
  expect(ofType(frames, 'ack')).toEqual([{ id: 'm1', seq: 22 }])
  expect(rows(room, 'turns')).toHaveLength(21)
})

test('[T6] an agent may be allowed several turns at once', () => {
  const { room, ada } = newRoom({ limits: { ...fast, turns_at_once: 2 } })
  for (const content of ['@pickle one', '@pickle two', '@pickle three']) room.sendMessage(ada, content)
  expect(room.calls.map(({ asked }) => asked.content)).toEqual(['@pickle one', '@pickle two'])
  reply(room, room.calls[1], '2')
  room.advance(0)
  expect(room.calls.at(-1)?.asked.content).toBe('@pickle three')
})

test('[T6] a prompt that is retried keeps its place', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle one')
  room.sendMessage(ada, '@pickle two')
  room.turnEnded(room.calls[0] as TurnRequest, failure())
  room.advance(999)
  expect(room.calls).toHaveLength(1)
  room.advance(1)
  expect(room.calls.at(-1)?.asked.content).toBe('@pickle one')
})

test('[T3] after a crash in the middle of a call the turn is called again, and the old call is ignored', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  const first = room.calls[0] as TurnRequest
  room.turnProgressed(first, { type: 'delta', text: 'half' })
  room.crash()
  room.advance(0)
  expect(room.calls.map(({ turn, attempt }) => [turn, attempt])).toEqual([
    [first.turn, 1],
    [first.turn, 2],
  ])
  const eve = room.open('eve')
  room.turnProgressed(first, { type: 'delta', text: ' of it' })
  room.turnEnded(first, done('half of it'))
  reply(room, room.calls[1], 'whole')
  expect(ofType(room.take(eve), 'agent_message').map(({ content }) => content)).toEqual(['whole'])
  expect(room.room.context.log.head).toBe(2)
})

test('[T3] an instance that was replaced sends nothing, though it is still running', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  const first = room.calls[0] as TurnRequest
  const old = room.room
  room.hibernate()
  room.advance(0)
  expect(old.turnProgressed({ id: first.turn, attempt: 1 }, { type: 'delta', text: 'x' }, room.now)).toEqual(nothing)
  expect(old.turnEnded({ id: first.turn, attempt: 1 }, done('x'), room.now)).toEqual(nothing)
  reply(room, room.calls[1], 'whole')
  expect(old.turnEnded({ id: first.turn, attempt: 1 }, done('x'), room.now)).toEqual(nothing)
  expect(room.room.context.log.head).toBe(2)
})

test('[T5] after three lost calls a turn fails: a repeated crash ends', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  for (let n = 0; n < 5; n++) {
    room.crash()
    room.advance(0)
  }
  expect(room.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
  const last = room.room.context.log.at(room.room.context.log.head)
  expect(last).toMatchObject({ type: 'turn_failed', data: { code: 'agent_lost', attempts: 3 } })
  expect(room.room.nextAlarm()).toBe(null)
})

test('[T5] a call without an end is cancelled when its lease expires', () => {
  const { room, ada } = newRoom()
  room.sendMessage(ada, '@pickle hello')
  room.advance(74_999)
  expect(room.calls).toHaveLength(1)
  room.advance(1)
  expect(room.calls).toHaveLength(2)
  expect(room.cancelled).toEqual([room.calls[0]?.turn])
})
