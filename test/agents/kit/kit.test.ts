import { afterEach, expect, test, vi } from 'vitest'
import { Agent, AgentError, type Reply, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import { replyStream } from '../../../src/agents/kit/reply.ts'
import { askAgent } from '../../../src/agents/kit/testing.ts'
import { aRequest, noCircle } from '../../support/agents.ts'

type Answer = (request: TurnRequest, reply: Reply) => Promise<void>

/** An agent that answers as a test wants it to. */
function agentThat(answer: Answer) {
  return class Owl extends Agent<{ HOOT?: string }> {
    protected override readonly about = { name: 'Night Owl', description: 'Sees in the dark.' }
    protected override answer = (request: TurnRequest, reply: Reply) => answer.call(this, request, reply)
    get hoot() {
      return this.env.HOOT
    }
  }
}

const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
afterEach(() => void errors.mockClear())

test('[T1] an agent says who it is', async () => {
  const Owl = agentThat(async () => {})
  expect(await new Owl({} as never, {}).describe()).toEqual({
    id: 'night-owl',
    name: 'Night Owl',
    description: 'Sees in the dark.',
  })
})

test('[T1] status, pieces and whole texts reach people in order, with what they cost', async () => {
  const told = await askAgent(
    agentThat(async ({ asked }, reply) => {
      await reply.status('thinking')
      await reply.status('tool', 'binoculars')
      await reply.delta('Hoo')
      reply.used({ input_tokens: 2, output_tokens: 1 })
      await reply.say(`, ${asked.author.name}!`)
      reply.used({ input_tokens: 1, output_tokens: 1 })
    }),
    'hello',
  )
  expect(told).toEqual({
    outcome: {
      type: 'answered',
      content: 'Hoo, Ada!',
      truncated: false,
      usage: { input_tokens: 3, output_tokens: 2 },
    },
    content: 'Hoo, Ada!',
    deltas: ['Hoo', ', Ada!'],
    statuses: ['thinking', 'binoculars'],
    asked: [],
  })
})

test('[T4] a long text goes out in pieces that joined are the text', async () => {
  const text = `${'The quick brown fox.  '.repeat(20)}\n\n${'x'.repeat(200)} end`
  const { content, deltas } = await askAgent(
    agentThat((_, reply) => reply.say(text)),
    'hello',
  )
  expect(content).toBe(text)
  expect(deltas.length).toBeGreaterThan(5)
})

test('[L7] whatever an author hands in fits into the parts of an answer', async () => {
  const long = 'x'.repeat(20_000)
  const told = await askAgent(
    agentThat(async (_, reply) => {
      await reply.status('tool', long)
      await reply.delta(long)
    }),
    'hello',
  )
  expect([told.content, told.deltas.length, told.statuses[0]?.length]).toEqual([long, 2, 200])
  const failed = await askAgent(
    agentThat(async () => {
      throw new AgentError('c'.repeat(100), long)
    }),
    'hello',
  )
  expect(failed.outcome).toMatchObject({ type: 'failed', code: 'c'.repeat(64), message: 'x'.repeat(1_000) })
})

test('[T5] what an agent throws stays in its own log; an AgentError is told', async () => {
  const bug = new Error('key sk-123')
  const failed = await askAgent(
    agentThat(async () => {
      throw bug
    }),
    'hello',
  )
  expect(failed.outcome).toEqual({ type: 'failed', code: 'agent_failed', message: 'The agent failed.', retry: true })
  const lines = errors.mock.calls.map(([line]) => JSON.parse(line))
  expect(lines).toMatchObject([{ event: 'fault', at: 'agent', error: expect.stringContaining('key sk-123') }])
  const told = await askAgent(
    agentThat(async () => {
      throw new AgentError('asleep', 'It is day.', { retry: false })
    }),
    'hello',
  )
  expect(told.outcome).toEqual({ type: 'failed', code: 'asleep', message: 'It is day.', retry: false })
  expect(errors).toHaveBeenCalledTimes(1)
})

test('[T5] an agent that is stopped learns it at once, and what it says then is lost', async () => {
  const stop = new AbortController()
  const ended = Promise.withResolvers<unknown>()
  const told = await askAgent(
    agentThat(async (_, reply) => {
      await reply.delta('Hoo')
      reply.signal.addEventListener('abort', () => ended.resolve(reply.signal.reason))
      stop.abort()
      await ended.promise
      await reply.delta(', never')
    }),
    'hello',
    { signal: stop.signal },
  )
  expect(told.content).not.toContain('never')
  expect(await ended.promise).toBe('stop')
  expect(errors).not.toHaveBeenCalled()
})

test('[T1] an agent that is faster than its reader waits', async () => {
  let sent = 0
  const stream = replyStream(
    async reply => {
      for (; sent < 1_000; sent++) await reply.delta('x'.repeat(1_000))
    },
    { circle: noCircle, decisions: [], report: () => {} },
  )
  const reader = stream.getReader()
  await reader.read()
  await new Promise(resolve => setImmediate(resolve))
  expect(sent).toBeLessThan(40) // 16 KiB are in flight, not 1 MB
  await reader.cancel()
})

const Deployer = agentThat(async (_, reply) => {
  await reply.say('Looking … ')
  const { decision, by } = await reply.ask('Deploy 1.2 to production?', { role: 'moderator', minutes: 5 })
  await reply.say(decision === 'approved' ? `Deployed for ${by}.` : 'Then not.')
})

test('[T1] an agent asks before it acts, and goes on with the decision when it is called again', async () => {
  const asked = [{ description: 'Deploy 1.2 to production?', role: 'moderator', minutes: 5 }]
  const waiting = await askAgent(Deployer, 'deploy')
  expect([waiting.outcome, waiting.asked]).toEqual([{ type: 'asks', ask: asked[0] }, asked])
  const done = await askAgent(Deployer, 'deploy', { decisions: ['approved'] })
  expect([done.content, done.asked]).toEqual(['Looking … Deployed for ada.', asked])
  for (const decision of ['rejected', 'expired'] as const) {
    expect((await askAgent(Deployer, 'deploy', { decisions: [decision] })).content).toBe('Looking … Then not.')
  }
})

test('[T1] questions are answered in the order they were asked', async () => {
  const Twice = agentThat(async (_, reply) => {
    const first = await reply.ask('one?')
    const second = await reply.ask('two?')
    await reply.say(`${first.decision}, ${second.decision}`)
  })
  const told = await askAgent(Twice, 'go', { decisions: ['approved', 'rejected'] })
  expect([told.content, told.asked.map(({ description }) => description)]).toEqual([
    'approved, rejected',
    ['one?', 'two?'],
  ])
})

test('[T1] an agent reaches its circle through what it was given, or learns that it was given nothing', async () => {
  const Searcher = agentThat(async (_, reply) => {
    await reply.say(`${(await reply.circle.search('hoot')).length} found`)
  })
  expect((await askAgent(Searcher, 'search')).content).toBe('0 found')
  const binding = { turn: (request: TurnRequest) => new Searcher({} as never, {}).turn(request) }
  expect((await askAgent(binding, 'search')).outcome).toMatchObject({ type: 'failed', code: 'agent_failed' })
})

test('[T1] a request of an older room, without decisions, is understood', async () => {
  const { decisions: _, ...older } = aRequest()
  const Owl = agentThat((_, reply) => reply.say('Hoo'))
  const stream = await new Owl({} as never, {}).turn(older as TurnRequest)
  expect(await new Response(stream).text()).toBe('{"type":"delta","text":"Hoo"}\n{"type":"final"}\n')
})
