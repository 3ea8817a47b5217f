import { afterEach, expect, test, vi } from 'vitest'
import { CircleAgent, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import type { Reply } from '../../../src/agents/kit/reply.ts'
import { runTurn, type TurnOutcome, type TurnProgress } from '../../../src/agents/run-turn.ts'
import type { TurnRequest as TurnRequestOnWire } from '../../../src/protocol/turns.ts'
import { noCircle } from '../../support/agents.ts'
import { replyOf } from '../../support/streams.ts'
import { TestRoom } from '../../support/test-room.ts'

const failed: TurnOutcome = { type: 'failed', code: 'x', message: 'x', retry: true }
const step = (name: string, index: number, result: unknown) => ({ type: 'step' as const, name, index, result })

function promptOwl(hibernates = false) {
  const room = new TestRoom({ hibernates })
  const ada = room.open('ada')
  room.sendMessage(ada, '@owl deploy')
  return { room, ada, call: () => room.calls.at(-1) as TurnRequestOnWire }
}

test('[T1] the first call of a turn has no steps, and knows how long it may take', () => {
  expect(promptOwl().call()).toMatchObject({ attempt: 1, steps: [], turn_seconds: 60 })
})

test.each([
  ['awake', false],
  ['hibernated whenever it can be', true],
])('[T1] a step is given back after a failure, after an approval and after a crash (%s)', (_, hibernates) => {
  const { room, ada, call } = promptOwl(hibernates)
  const steps = [{ name: 'plan', index: 0, result: { version: 'v1', text: 'é😀' } }]
  room.turnProgressed(call(), step('plan', 0, { version: 'v1', text: 'é😀' }))
  room.turnEnded(call(), failed)
  room.advance(1_000)
  expect(call()).toMatchObject({ attempt: 2, steps })
  room.turnEnded(call(), { type: 'asks', ask: { description: 'Deploy?' } })
  const { data } = room.take(ada).find(({ type }) => type === 'approval_requested') ?? {}
  room.command(room.open('bob'), 'approve', { approval: data?.['approval'] })
  room.advance(0)
  expect(call()).toMatchObject({ attempt: 3, steps })
  room.turnProgressed(call(), step('deploy', 0, null))
  room.crash()
  room.advance(0)
  expect(call()).toMatchObject({ attempt: 4, steps: [{ name: 'deploy', index: 0, result: null }, ...steps] })
  room.turnEnded(call(), { type: 'answered', content: 'Done.', truncated: false })
  expect(room.sql.all(`SELECT * FROM turn_steps`)).toEqual([])
})

test('[T1] the first result of a step counts, and those of an attempt that is over do not', () => {
  const { room, call } = promptOwl()
  const first = call()
  room.turnProgressed(first, step('plan', 0, 1))
  room.turnProgressed(first, step('plan', 0, 2))
  room.turnEnded(first, failed)
  room.turnProgressed(first, step('late', 0, 3))
  room.advance(1_000)
  expect(call().steps).toEqual([{ name: 'plan', index: 0, result: 1 }])
})

test('[T1] steps of a turn that is stopped or fails are deleted', () => {
  for (const end of ['stop', 'fail'] as const) {
    const { room, ada, call } = promptOwl()
    room.turnProgressed(call(), step('plan', 0, 1))
    if (end === 'stop') room.command(ada, 'stop', { turn: call().turn })
    else room.turnEnded(call(), { ...failed, retry: false })
    expect(room.sql.all(`SELECT * FROM turn_steps`)).toEqual([])
  }
})

test.each([
  ['more than 64 steps', Array.from({ length: 65 }, (_, index) => step(`n${index}`, 0, 1))],
  ['a result of more than 64 KiB', [step('big', 0, 'x'.repeat(65_536))]],
  ['more than 256 KiB', Array.from({ length: 5 }, (_, index) => step('n', index, 'x'.repeat(60_000)))],
])('[T1] an agent that stores %s fails, and is not called again', async (_, parts) => {
  const binding = {
    describe: () => Promise.reject(),
    turn: async () => replyOf(...parts, { type: 'final', content: 'x' }),
  }
  const { call } = promptOwl()
  const outcome = await runTurn(binding, call(), { onPart: () => 'continue' }, { circle: noCircle })
  expect(outcome).toMatchObject({ type: 'failed', code: 'agent_bad_answer', retry: false })
})

// An agent with a model, as docs/agents.md shows it: the model says something else whenever it is called, and each call
// of the agent ends in some other way.
afterEach(() => void vi.restoreAllMocks())

test('[T8] what people approved is done once, whatever happens between, and the model is called once', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {}) // the log of the agent
  let models = 0
  const deployed: unknown[] = []
  class Deployer extends CircleAgent {
    protected override readonly metadata = { name: 'Owl', description: '' }
    protected override async onTurn(_: TurnRequest, reply: Reply) {
      const call = await reply.step('plan', async () => ({ id: `call-${++models}`, version: `v${models}` }))
      const { approved, data } = await reply.ask(`Deploy ${call.version}?`, { key: call.id, data: call })
      if (!approved) return reply.write('Not deployed.')
      await reply.step('deploy', async () => void deployed.push(data.version))
      if (deployed.length > 0 && attempts++ === 0) throw new Error('it breaks after it has deployed')
      await reply.write(`Deployed ${data.version}.`)
    }
  }
  let attempts = 0
  const { room, ada, call } = promptOwl()
  const owl = new Deployer({} as never, {})
  const run = async () => {
    const current = call()
    const sink = {
      onPart(part: TurnProgress) {
        room.turnProgressed(current, part)
        return 'continue' as const
      },
    }
    const binding = {
      describe: () => owl.describe(),
      turn: (request: TurnRequestOnWire) => owl.turn(request, noCircle),
    }
    room.turnEnded(current, await runTurn(binding, current, sink, { circle: noCircle }))
  }
  await run()
  const { data } = room.take(ada).find(({ type }) => type === 'approval_requested') ?? {}
  expect(data).toMatchObject({ description: 'Deploy v1?', key: 'call-1', data: { id: 'call-1', version: 'v1' } })
  room.crash()
  room.command(room.open('bob'), 'approve', { approval: data?.['approval'] })
  room.advance(0)
  await run()
  room.advance(4_000)
  await run()
  const { log } = room.room.context
  expect(log.at(log.head)).toMatchObject({ type: 'agent_message', data: { content: 'Deployed v1.' } })
  expect([models, deployed]).toEqual([1, ['v1']])
})
