import { expect, test } from 'vitest'
import type { TurnOutcome } from '../../../src/agents/run-turn.ts'
import type { CircleAccess, TurnRequest } from '../../../src/protocol/turns.ts'
import { AccessError, agentApi } from '../../../src/rooms/turns/agent-api.ts'
import { TestRoom } from '../../support/test-room.ts'

const done = (content: string): TurnOutcome => ({ type: 'answered', content, truncated: false })
const fast = { messages_per_second: 1e6, message_burst: 1e6 }

function aTurn() {
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
  const { circle } = aTurn()
  expect((await circle.search('red')).map(({ content, trust }) => [content, trust])).toEqual([
    ['the build is red', 'member'],
  ])
  const newest = await circle.lines({ limit: 2 })
  expect([newest.lines.map(({ seq }) => seq), newest.more]).toEqual([[2, 3], true])
  const rest = await circle.lines({ before: 2 })
  expect([rest.lines.map(({ seq }) => seq), rest.more]).toEqual([[1], false])
  expect((await circle.lines({ after: 1, limit: 1 })).lines.map(({ seq }) => seq)).toEqual([2])
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
] as const)('[T12] what another Worker hands in is checked: %s(%j)', async (name, given) => {
  const { circle } = aTurn()
  const call = circle[name] as (...given: unknown[]) => Promise<unknown>
  await expect(call(...given)).rejects.toThrow(AccessError)
})

test('[T12] a reminder calls the agent again at its time, once, although the circle was restarted and nobody is there', async () => {
  const { room, circle, call } = aTurn()
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

test('[T12] a reminder outlives the line that set it', async () => {
  const { room, circle, call } = aTurn()
  await circle.remind(inMs(room, 1_000), 'feed the cat')
  room.turnEnded(call, done('I will'))
  room.room.context.log.trim(4)
  room.advance(1_000)
  expect(room.calls[1]).toMatchObject({
    asked: { seq: 3, content: 'feed the cat', author: { id: 'ada', name: 'Ada' } },
    history: [],
  })
})

test('[T12] whoever asks sees their own reminders and may take them back', async () => {
  const { room, circle } = aTurn()
  const later = await circle.remind(inMs(room, 2_000), 'second')
  const sooner = await circle.remind(inMs(room, 1_000), 'first')
  expect(await circle.reminders()).toEqual([sooner, later])
  expect([await circle.forget(sooner.id), await circle.forget(sooner.id)]).toEqual([true, false])
  expect(await circle.reminders()).toEqual([later])
  expect(await circle.forget(room.calls[0]?.turn ?? '')).toBe(false) // a turn that runs is no reminder
})

test('[T12] twenty reminders may wait for one person', async () => {
  const { room, circle } = aTurn()
  for (let n = 1; n <= 20; n++) await circle.remind(inMs(room, n * 1_000), `${n}`)
  await expect(circle.remind(inMs(room, 1_000), 'one more')).rejects.toThrow('You have 20 pending reminders already.')
})

test('[T12] when the turn is over, so is what the agent may do', async () => {
  const { room, circle, call } = aTurn()
  room.turnEnded(call, done('bye'))
  await expect(circle.search('red')).rejects.toThrow('This turn is over.')
})
