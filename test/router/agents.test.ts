import { expect, test, vi } from 'vitest'
import { Pickle } from '../../src/agents/builtin/pickle.ts'
import { AgentError } from '../../src/agents/kit/agent-error.ts'
import { CircleAgent } from '../../src/agents/kit/circle-agent.ts'
import type { Reply } from '../../src/agents/kit/reply.ts'
import type { TurnRequest } from '../../src/agents/kit/turn-request.ts'
import { agent, createAgent } from '../../src/router/index.ts'

/** An agent that does what the message says, and keeps the requests that it received. */
class Probe extends CircleAgent {
  protected override readonly metadata = { name: 'Probe', description: 'Does as it is told.' }
  readonly requests: TurnRequest[] = []

  protected override async onTurn(request: TurnRequest, reply: Reply): Promise<void> {
    this.requests.push(request)
    switch (request.message.content) {
      case 'ask':
        return void (await reply.ask('May I?'))
      case 'fail':
        throw new AgentError('hungry', 'I ate it.', { retry: false })
      case 'be silent':
        return reply.silent()
      case 'remind':
        return void (await reply.circle.remind('2026-11-29T00:00:00.000Z', 'later'))
      case 'search':
        return reply.write(JSON.stringify([await reply.circle.search('it'), await reply.circle.reminders()]))
      default:
        for (const piece of ['one ', 'two']) await reply.delta(piece)
    }
  }
}

const bound = (probe = new Probe({} as never, {})) => ({ probe, night: agent({ AGENT_NIGHT_OWL: probe }, 'night-owl') })

test('an agent made of a handler returns what the handler returns, and rejects with what it throws', async () => {
  const info = vi.spyOn(console, 'info').mockImplementation(() => {})
  const double = createAgent('double', {
    handler: async (context, input: number) => {
      context.logger.info('doubling')
      if (input < 0) throw new RangeError('too small')
      return input * 2
    },
  })
  expect([double.name, await double.run(21)]).toEqual(['double', 42])
  expect(JSON.parse(String(info.mock.calls[0]?.[0]))).toMatchObject({ message: 'doubling', agent: 'double' })
  await expect(double.run(-1)).rejects.toThrow(RangeError)
  info.mockRestore()
})

test('a handler that is not async rejects as well', async () => {
  const failing = createAgent('failing', {
    handler: (): string => {
      throw new Error('no')
    },
  })
  await expect(failing.run('x')).rejects.toThrow('no')
})

test('a bound agent is run outside of a circle, and its reply is one text', async () => {
  const pickle = agent({ AGENT_PICKLE: new Pickle({} as never, {}) }, 'pickle')
  expect([pickle.name, await pickle.run('hello')]).toEqual([
    'pickle',
    'Hello, Guest! I am Pickle 🐱, the house cat. Send me `help` to see what I can do.',
  ])
  expect(await pickle.run({ message: 'hello', userId: 'ada' })).toMatch(/^Hello, ada!/)
})

test('a bound agent is told who asks, and how far to trust it', async () => {
  const { probe, night } = bound()
  await night.run('hello')
  await night.run({ message: 'hello', userId: 'ada', memoryId: 'm1' })
  const guest = { author: { id: 'guest', name: 'Guest', kind: 'guest' }, trust: 'untrusted' }
  const ada = { author: { id: 'ada', name: 'ada', kind: 'person' }, trust: 'member' }
  expect(probe.requests).toMatchObject([
    { agent: 'night-owl', attempt: 1, message: { content: 'hello', ...guest }, history: [] },
    { agent: 'night-owl', session_id: 'm1', channel: 'direct:m1', message: { content: 'hello', ...ada } },
  ])
  expect(probe.requests[0]?.session_id).toBe(probe.requests[0]?.turn)
})

test('the reply of a bound agent can be had in pieces, and stopped', async () => {
  const { night } = bound()
  const deltas: string[] = []
  expect(await night.run('hello', { onDelta: text => deltas.push(text) })).toBe('one two')
  expect(deltas.join('')).toBe('one two')
  expect(await night.run('hello', { signal: AbortSignal.abort() })).toBe('')
})

test('a bound agent that fails or asks for an approval rejects with an AgentError; a silent one replies nothing', async () => {
  const { night } = bound()
  await expect(night.run('fail')).rejects.toMatchObject({ code: 'hungry', message: 'I ate it.', retry: false })
  await expect(night.run('ask')).rejects.toMatchObject({ code: 'approval_needed', retry: false })
  await expect(night.run('fail')).rejects.toBeInstanceOf(AgentError)
  expect(await night.run('be silent')).toBe('')
})

test('outside of a circle there are no messages and no reminders', async () => {
  const { night } = bound()
  expect(await night.run('search')).toBe('[[],[]]')
  vi.spyOn(console, 'error').mockImplementation(() => {})
  await expect(night.run('remind')).rejects.toMatchObject({ code: 'agent_failed' })
  vi.restoreAllMocks()
})

test('an agent that is not bound is named with the lines that bind it', () => {
  expect(() => agent({}, 'night-owl')).toThrow('binding = "AGENT_NIGHT_OWL"')
})
