import { expect, test } from 'vitest'
import type { TurnOutcome } from '../../../src/agents/run-turn.ts'
import { timestamp } from '../../../src/protocol/dialects/dialect.ts'
import { nothing } from '../../../src/rooms/outcome.ts'
import { withWait } from '../../../src/rooms/turns/away.ts'
import { start, TestRoom } from '../../support/test-room.ts'

const waitMs = 300_000
const away: TurnOutcome = { type: 'failed', code: 'agent_away', message: 'Owl is not connected.', retry: true }

function prompted() {
  const room = new TestRoom({ agents: ['owl'] })
  const ada = room.open('ada')
  room.sendMessage(ada, '@owl hello')
  return { room, ada }
}

/** The end of the newest call, as the object passes it on. */
function ends(room: TestRoom, result: TurnOutcome) {
  const request = room.calls.at(-1)
  if (request === undefined) throw new Error('expected a call')
  room.turnEnded(request, withWait(result, request, waitMs, room.now))
}

/** The agent has connected. */
function hasten(room: TestRoom): void {
  room.step(inner =>
    inner.run(({ turns }) => {
      turns.queue.hasten('owl', room.now)
      return nothing
    }, room.now),
  )
}

const failures = (room: TestRoom) =>
  room.room.context.log.after(0, 100).events.filter(({ type }) => type === 'turn_failed')

test('[T13] a turn whose agent is away waits without using up attempts, and is called when the agent connects', () => {
  const { room } = prompted()
  for (let n = 0; n < 5; n++) {
    ends(room, away)
    hasten(room)
    room.advance(0)
  }
  expect(room.calls.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1, 1])
  ends(room, { type: 'answered', content: 'Hoo', truncated: false })
  expect(failures(room)).toEqual([])
})

test('[T13] an agent that does not come within turn_wait_seconds ends its turn in agent_away, once', () => {
  const { room } = prompted()
  for (let n = 0; n < 20; n++) {
    ends(room, away)
    expect(failures(room)).toEqual([])
    room.advance(15_000)
  }
  ends(room, away)
  expect(failures(room).map(({ data }) => data)).toEqual([expect.objectContaining({ code: 'agent_away', attempts: 1 })])
})

test('[T13] a turn that was decided or planned tries as often as after other failures', () => {
  const request = { asked: { at: timestamp(start) }, decisions: [{}], now: '' } as never
  expect(withWait(away, request, waitMs, start + 9 * waitMs)).toEqual({ ...away, retryAfterMs: waitMs / 2 })
})
