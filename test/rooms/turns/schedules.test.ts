import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TurnOutcome } from '../../../src/agents/run-turn.ts'
import type { LoggedEvent } from '../../../src/protocol/events/events.ts'
import type { TurnRequest } from '../../../src/protocol/turns.ts'
import { runs } from '../../support/random.ts'
import { TestRoom } from '../../support/test-room.ts'

const fast = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9 }
const done: TurnOutcome = { type: 'answered', content: '', truncated: false }
const failure: TurnOutcome = { type: 'failed', code: 'x', message: 'x', retry: true }

/** One random step; `n` picks one of the calls made so far. */
const step = fc.oneof(
  fc.record({ do: fc.constant('message' as const), agents: fc.subarray(['@pickle', '@owl'], { minLength: 1 }) }),
  fc.record({
    do: fc.constantFrom('part' as const, 'answer' as const, 'fail' as const, 'ask' as const, 'stop' as const),
    n: fc.nat(30),
  }),
  fc.record({ do: fc.constantFrom('approve' as const, 'reject' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 50, 1_000, 5_000, 80_000) }),
  fc.record({ do: fc.constantFrom('crash' as const, 'hibernate' as const) }),
)

test('[T3] [T5] [T6] after any steps, every turn ends once, and nothing is left pending', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 2 }), (steps, atOnce) => {
      const room = new TestRoom({ limits: { ...fast, turns_at_once: atOnce } })
      let ada = room.open('ada')
      const call = (n: number): TurnRequest | undefined => room.calls[n % Math.max(1, room.calls.length)]
      const approval = () => room.sql.all<{ id: string }>(`SELECT id FROM approvals LIMIT 1`)[0]?.id ?? 'none'
      for (const one of steps) {
        const chosen = 'n' in one ? call(one.n) : undefined
        if (ada.closed !== null) ada = room.open('ada')
        switch (one.do) {
          case 'message':
            room.sendMessage(ada, one.agents.join(' '))
            break
          case 'part':
            if (chosen) room.turnProgressed(chosen, { type: 'delta', text: 'x' })
            break
          case 'answer':
            if (chosen) room.turnEnded(chosen, done)
            break
          case 'fail':
            if (chosen) room.turnEnded(chosen, failure)
            break
          case 'ask':
            if (chosen) room.turnEnded(chosen, { type: 'asks', ask: { description: 'May I?' } })
            break
          case 'stop':
            if (chosen) room.command(ada, 'stop', { turn: chosen.turn })
            break
          case 'approve':
          case 'reject':
            room.command(ada, one.do, { approval: approval() })
            break
          case 'wait':
            room.advance(one.ms)
            break
          case 'crash':
            room.crash()
            ada = room.open('ada')
            break
          case 'hibernate':
            room.hibernate()
            break
          default:
            one satisfies never
        }
        const running = room.sql.all<{ agent: string }>(`SELECT agent FROM turns WHERE state = 'running'`)
        for (const agent of ['pickle', 'owl']) {
          expect(running.filter(turn => turn.agent === agent).length).toBeLessThanOrEqual(atOnce)
        }
      }
      drain(room)
      const { log } = room.room.context
      const events: LoggedEvent[] = log.after(0, log.head).events
      const prompts = events.flatMap(event => (event.type === 'message' ? event.data.content.split(' ') : []))
      const ends = events.filter(({ type }) => type === 'agent_message' || type === 'turn_failed')
      const turns = ends.map(({ id }) => id)
      expect(new Set(turns).size).toBe(turns.length)
      expect(turns.length).toBe(prompts.length)
      expect(room.sql.all(`SELECT id FROM turns UNION SELECT id FROM approvals`)).toEqual([])
      const decided = (type: string) => events.filter(event => event.type === type).length
      expect(decided('approval_decided')).toBe(decided('approval_requested'))
      expect(room.room.context.turns.queue.nextDue).toBe(null)
    }),
    { seed: 20261121, numRuns: runs(400) },
  )
})

/** Ends every call until nothing is pending. */
function drain(room: TestRoom): void {
  for (let round = 0; room.room.context.turns.queue.nextDue !== null; round++) {
    if (round > 200) throw new Error('expected the turns to end')
    for (const call of [...room.calls])
      if (room.room.context.turns.current(call.turn, call.attempt)) room.turnEnded(call, done)
    room.advance(3_600_000)
  }
}
