import { beforeEach, expect, type MockInstance, test, vi } from 'vitest'
import { AgentError, CircleAgent, type Reply, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import { replyStream } from '../../../src/agents/kit/reply.ts'
import { runTurn } from '../../../src/agents/kit/testing.ts'
import { aMessage, aRequest, noCircle } from '../../support/agents.ts'

type OnTurn = (request: TurnRequest, reply: Reply) => Promise<void>

/** A class of agent that replies with a test's function. */
function agentWith(onTurn: OnTurn) {
  return class Owl extends CircleAgent<{ HOOT?: string }> {
    protected override readonly metadata = { name: 'Night Owl', description: 'Sees in the dark.' }
    protected override onTurn = (request: TurnRequest, reply: Reply) => onTurn.call(this, request, reply)
    get hoot() {
      return this.env.HOOT
    }
  }
}

let errors: MockInstance
beforeEach(() => {
  errors = vi.spyOn(console, 'error').mockImplementation(() => {})
})

test('[T1] an agent describes itself', async () => {
  const Owl = agentWith(async () => {})
  expect(await new Owl({} as never, {}).describe()).toEqual({
    id: 'night-owl',
    name: 'Night Owl',
    description: 'Sees in the dark.',
  })
})

test('[T1] statuses, deltas and whole texts reach people in order, with the usage', async () => {
  const result = await runTurn(
    agentWith(async ({ message }, reply) => {
      await reply.status('thinking')
      await reply.status('tool', 'binoculars')
      await reply.delta('Hoo')
      reply.reportUsage({ input_tokens: 2, output_tokens: 1 })
      await reply.write(`, ${message.author.name}!`)
      reply.reportUsage({ input_tokens: 1, output_tokens: 1 })
    }),
    'hello',
  )
  expect(result).toEqual({
    outcome: {
      type: 'answered',
      content: 'Hoo, Ada!',
      truncated: false,
      usage: { input_tokens: 3, output_tokens: 2 },
    },
    content: 'Hoo, Ada!',
    deltas: ['Hoo', ', Ada!'],
    statuses: ['thinking', 'binoculars'],
    approvals: [],
  })
})

test('[T1] a test can set any part of the request', async () => {
  const Echo = agentWith((request, reply) => reply.write(JSON.stringify([request.message.content, request.history])))
  const history = [aMessage({ seq: 1, content: 'before' })]
  const own = await runTurn(Echo, 'ignored', { request: { message: aMessage({ content: 'hello' }), history } })
  expect(JSON.parse(own.content)).toEqual(['hello', history])
  expect(JSON.parse((await runTurn(Echo, 'hello')).content)).toEqual(['hello', []])
})

test('[T4] a long text is sent in pieces which, joined, are the text', async () => {
  const text = `${'The quick brown fox.  '.repeat(20)}\n\n${'x'.repeat(200)} end`
  const { content, deltas } = await runTurn(
    agentWith((_, reply) => reply.write(text)),
    'hello',
  )
  expect(content).toBe(text)
  expect(deltas.length).toBeGreaterThan(5)
})

test('[L7] oversized input from an agent is split or cut to fit into the parts of a reply', async () => {
  const long = 'x'.repeat(20_000)
  const result = await runTurn(
    agentWith(async (_, reply) => {
      await reply.status('tool', long)
      await reply.delta(long)
    }),
    'hello',
  )
  expect([result.content, result.deltas.length, result.statuses[0]?.length]).toEqual([long, 2, 200])
  const failed = await runTurn(
    agentWith(async () => {
      throw new AgentError('c'.repeat(100), long)
    }),
    'hello',
  )
  expect(failed.outcome).toMatchObject({ type: 'failed', code: 'c'.repeat(64), message: 'x'.repeat(1_000) })
})

test("[T5] an agent's error is only in its own log; people see the message of an AgentError", async () => {
  const bug = new Error('key sk-123')
  const failed = await runTurn(
    agentWith(async () => {
      throw bug
    }),
    'hello',
  )
  expect(failed.outcome).toEqual({ type: 'failed', code: 'agent_failed', message: 'The agent failed.', retry: true })
  const records = errors.mock.calls.map(([line]) => JSON.parse(line))
  expect(records).toMatchObject([{ event: 'fault', at: 'agent', error: expect.stringContaining('key sk-123') }])
  const refused = await runTurn(
    agentWith(async () => {
      throw new AgentError('asleep', 'It is day.', { retry: false })
    }),
    'hello',
  )
  expect(refused.outcome).toEqual({ type: 'failed', code: 'asleep', message: 'It is day.', retry: false })
  expect(errors).toHaveBeenCalledTimes(1)
})

test('[T5] an agent that is stopped is notified at once, and nothing that it sends afterwards is kept', async () => {
  const stop = new AbortController()
  const ended = Promise.withResolvers<unknown>()
  const result = await runTurn(
    agentWith(async (_, reply) => {
      await reply.delta('Hoo')
      reply.signal.addEventListener('abort', () => ended.resolve(reply.signal.reason))
      stop.abort()
      await ended.promise
      await reply.delta(', never')
    }),
    'hello',
    { signal: stop.signal },
  )
  expect(result.content).not.toContain('never')
  expect(await ended.promise).toBe('stop')
  expect(errors).not.toHaveBeenCalled()
})

test('[T1] an agent that is faster than its reader waits', async () => {
  let sent = 0
  const stream = replyStream(
    async reply => {
      for (; sent < 1_000; sent++) await reply.delta('x'.repeat(1_000))
    },
    { circle: noCircle, turn: {}, report: () => {} },
  )
  const reader = stream.getReader()
  await reader.read()
  await new Promise(resolve => setImmediate(resolve))
  expect(sent).toBeLessThan(40) // 16 KiB are buffered, not 1 MB
  await reader.cancel()
})

const Deployer = agentWith(async (_, reply) => {
  await reply.write('Looking … ')
  const { decision, by } = await reply.ask('Deploy 1.2 to production?', { role: 'moderator', minutes: 5 })
  await reply.write(decision === 'approved' ? `Deployed for ${by}.` : 'Then not.')
})

test('[T1] an agent asks for approval before it acts, and continues with the decision when it is called again', async () => {
  const approvals = [{ description: 'Deploy 1.2 to production?', role: 'moderator', minutes: 5 }]
  const waiting = await runTurn(Deployer, 'deploy')
  expect([waiting.outcome, waiting.approvals]).toEqual([{ type: 'asks', ask: approvals[0] }, approvals])
  const done = await runTurn(Deployer, 'deploy', { decisions: ['approved'] })
  expect([done.content, done.approvals]).toEqual(['Looking … Deployed for ada.', approvals])
  for (const decision of ['rejected', 'expired'] as const) {
    expect((await runTurn(Deployer, 'deploy', { decisions: [decision] })).content).toBe('Looking … Then not.')
  }
})

test('[T1] decisions belong to approvals in the order in which the agent asked', async () => {
  const Twice = agentWith(async (_, reply) => {
    const first = await reply.ask('one?')
    const second = await reply.ask('two?')
    await reply.write(`${first.decision}, ${second.decision}`)
  })
  const result = await runTurn(Twice, 'go', { decisions: ['approved', 'rejected'] })
  expect([result.content, result.approvals.map(({ description }) => description)]).toEqual([
    'approved, rejected',
    ['one?', 'two?'],
  ])
})

test('[T1] an agent uses the circle that it was given access to, and fails without access', async () => {
  const Searcher = agentWith(async (_, reply) => {
    await reply.write(`${(await reply.circle.search('hoot')).length} found`)
  })
  expect((await runTurn(Searcher, 'search')).content).toBe('0 found')
  const binding = { turn: (request: TurnRequest) => new Searcher({} as never, {}).turn(request) }
  expect((await runTurn(binding, 'search')).outcome).toMatchObject({ type: 'failed', code: 'agent_failed' })
})

test('[T1] a request of an older room, without decisions, is accepted', async () => {
  const { decisions: _, ...older } = aRequest()
  const Owl = agentWith((_, reply) => reply.write('Hoo'))
  const stream = await new Owl({} as never, {}).turn(older as ReturnType<typeof aRequest>)
  expect(await new Response(stream).text()).toBe('{"type":"delta","text":"Hoo"}\n{"type":"final"}\n')
})

test.each([1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300])(
  '[T1] %d tokens cost an agent no reply',
  async count => {
    const Careless = agentWith(async (_, reply) => {
      reply.reportUsage({ input_tokens: count, output_tokens: 5 })
      reply.reportUsage({ input_tokens: count, output_tokens: 5 })
      await reply.write('whole')
    })
    expect((await runTurn(Careless, 'hi')).outcome).toMatchObject({
      type: 'answered',
      content: 'whole',
      usage: { input_tokens: expect.toSatisfy((tokens: number) => Number.isSafeInteger(tokens) && tokens >= 0) },
    })
  },
)

test('[T1] an agent that only observes is silent, and one that wrote something is not', async () => {
  const Hush = agentWith(async (_, reply) => reply.silent())
  expect((await runTurn(Hush, 'hi')).outcome).toEqual({ type: 'silent' })
  const Talker = agentWith(async (_, reply) => {
    reply.silent()
    reply.markTruncated()
    await reply.write('Hoo')
  })
  expect((await runTurn(Talker, 'hi')).outcome).toEqual({ type: 'answered', content: 'Hoo', truncated: true })
})

test('[T5] the cause of an AgentError is in the log, and people do not see it', async () => {
  const Failing = agentWith(async () => {
    throw new AgentError('no_data', 'The archive is closed.', { cause: new Error('disk 7'), retryAfterMs: 500 })
  })
  const { outcome } = await runTurn(Failing, 'hi')
  expect(outcome).toEqual({
    type: 'failed',
    code: 'no_data',
    message: 'The archive is closed.',
    retry: true,
    retryAfterMs: 500,
  })
  expect(`${errors.mock.calls}`).toContain('disk 7')
})
