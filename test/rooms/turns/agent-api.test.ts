import { expect, test } from 'vitest'
import type { TurnOutcome } from '../../../src/agents/run-turn.ts'
import type { CircleAccess, TurnRequest } from '../../../src/protocol/turns.ts'
import { AccessError, agentApi } from '../../../src/rooms/turns/agent-api.ts'
import { TestRoom } from '../../support/test-room.ts'

const done = (content: string): TurnOutcome => ({ type: 'answered', content, truncated: false })
const fast = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9 }

function startTurn() {
  const room = new TestRoom({ limits: fast })
  const ada = room.open('ada')
  room.sendMessage(ada, 'the build is red')
  room.sendMessage(ada, 'the cat is black')
  room.sendMessage(ada, '@owl remind me')
  const { turn, attempt } = room.calls[0] as TurnRequest
  const circle: CircleAccess = agentApi(async use => {
    const current = room.room.context.turns.current(turn, attempt)
    if (current === null) throw new AccessError('This turn is over.')
    return use(room.room.context, current, room.now)
  })
  return { room, ada, circle, call: room.calls[0] as TurnRequest }
}
const inMs = (room: TestRoom, ms: number) => new Date(room.now + ms).toISOString()

test('[T12] an agent searches the log of its circle, and reads it page by page', async () => {
  const { circle } = startTurn()
  expect((await circle.search('red')).map(({ content, trust }) => [content, trust])).toEqual([
    ['the build is red', 'member'],
  ])
  const newest = await circle.lines({ limit: 2 })
  expect([newest.lines.map(({ seq }) => seq), newest.more]).toEqual([[2, 3], true])
  const rest = await circle.lines({ before: 2 })
  expect([rest.lines.map(({ seq }) => seq), rest.more]).toEqual([[1], false])
  expect((await circle.lines({ after: 1, limit: 1 })).lines.map(({ seq }) => seq)).toEqual([2])
})

test('[T12] an agent is sent at most 200,000 characters at once, and at least one message', async () => {
  const { room, ada, circle } = startTurn()
  for (let n = 0; n < 12; n++) {
    room.sendMessage(ada, `needle ${n} ${'é'.repeat(16_000)}`)
  }
  const newest = await circle.lines({ limit: 200 })
  expect([newest.lines.map(({ seq }) => seq), newest.more]).toEqual([
    Array.from({ length: 15 }, (_, index) => index + 1),
    false,
  ])
  for (let n = 12; n < 30; n++) {
    room.sendMessage(ada, `needle ${n} ${'x'.repeat(32_000)}`)
  }
  const found = await circle.search('needle', 50)
  const sizeOf = (messages: readonly { content: string }[]) =>
    messages.reduce((sum, one) => sum + one.content.length, 0)
  expect(found.length).toBe(6)
  expect(sizeOf(found)).toBeLessThanOrEqual(200_000)
  const seqs: number[] = []
  for (let before = 34, more = true; more; ) {
    const page = await circle.lines({ before, limit: 200 })
    expect(sizeOf(page.lines)).toBeLessThanOrEqual(200_000)
    seqs.unshift(...page.lines.map(({ seq }) => seq))
    before = page.lines[0]?.seq ?? 0
    more = page.more
  }
  expect(seqs).toEqual(Array.from({ length: 33 }, (_, index) => index + 1))
})

test.each([
  ['search', [5]],
  ['search', ['x', 1_000]],
  ['lines', [{ limit: 0 }]],
  ['lines', [null]],
  ['remind', ['tomorrow', 'x']],
  ['remind', ['2999-01-01T00:00:00Z', 'x']],
  ['remind', ['2020-01-01T00:00:00Z', 'x']],
  ['remind', ['2026-11-22T00:00:00Z', ' ']],
] as const)('[T12] arguments of another Worker are validated: %s(%j)', async (name, args) => {
  const { circle } = startTurn()
  const call = circle[name] as (...args: unknown[]) => Promise<unknown>
  await expect(call(...args)).rejects.toThrow(AccessError)
})

test('[T12] a reminder calls the agent when it is due, once, across a restart and with nobody connected', async () => {
  const { room, circle, call } = startTurn()
  const { id, at, by } = await circle.remind(inMs(room, 3_600_000), ' feed the cat ')
  expect([at, by]).toEqual([inMs(room, 3_600_000), 'ada'])
  room.turnEnded(call, done('I will'))
  room.crash()
  expect(room.room.nextAlarm()).toBe(room.now + 3_600_000)
  room.advance(3_599_999)
  expect(room.calls).toHaveLength(1)
  room.advance(1)
  expect(room.calls[1]).toMatchObject({ turn: id, asked: { seq: 3 }, reminder: { text: 'feed the cat' } })
  room.turnEnded(room.calls[1] as TurnRequest, done('Ada: feed the cat'))
  room.advance(10 * 86_400_000)
  expect(room.calls).toHaveLength(2)
  expect(room.room.context.log.at(5)).toMatchObject({ type: 'agent_message', data: { turn: id, in_reply_to: 3 } })
})

test('[T12] a reminder survives the trimming of its message', async () => {
  const { room, circle, call } = startTurn()
  await circle.remind(inMs(room, 1_000), 'feed the cat')
  room.turnEnded(call, done('I will'))
  room.room.context.log.trim(4)
  room.advance(1_000)
  expect(room.calls[1]).toMatchObject({
    asked: { seq: 3, content: 'feed the cat', author: { id: 'ada', name: 'Ada' } },
    history: [],
  })
})

test('[T12] a person lists their own reminders and may cancel them', async () => {
  const { room, circle } = startTurn()
  const later = await circle.remind(inMs(room, 2_000), 'second')
  const sooner = await circle.remind(inMs(room, 1_000), 'first')
  expect(await circle.reminders()).toEqual([sooner, later])
  expect([await circle.forget(sooner.id), await circle.forget(sooner.id)]).toEqual([true, false])
  expect(await circle.reminders()).toEqual([later])
  expect(await circle.forget(room.calls[0]?.turn ?? '')).toBe(false) // a running turn is no reminder
})

test('[T12] a person may have twenty pending reminders', async () => {
  const { room, circle } = startTurn()
  for (let n = 1; n <= 20; n++) await circle.remind(inMs(room, n * 1_000), `${n}`)
  await expect(circle.remind(inMs(room, 1_000), 'one more')).rejects.toThrow('You have 20 pending reminders already.')
})

test('[T12] access ends with the turn', async () => {
  const { room, circle, call } = startTurn()
  room.turnEnded(call, done('bye'))
  await expect(circle.search('red')).rejects.toThrow('This turn is over.')
})
