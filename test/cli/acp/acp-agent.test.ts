import { join } from 'node:path'
import { RequestError } from '@agentclientprotocol/sdk'
import { afterEach, expect, test } from 'vitest'
import { node } from '../../../scripts/toolchain.mjs'
import { replyStream } from '../../../src/agents/kit/reply.ts'
import { fromWire } from '../../../src/agents/kit/turn-request.ts'
import { readTurnParts } from '../../../src/agents/ndjson-reader.ts'
import { AcpAgent, type AcpSession } from '../../../src/cli/acp/acp-agent.ts'
import { programError } from '../../../src/cli/acp/program-error.ts'
import type { Decision, TurnPart, TurnRequest } from '../../../src/protocol/turns.ts'
import { aMessage, aRequest, noCircle } from '../../support/agents.ts'

const started: AcpAgent[] = []
afterEach(async () => {
  for (const agent of started.splice(0)) await agent.stop()
})

function anAgent(known = new Map<string, AcpSession>(), options: readonly string[] = []) {
  const args = [join(import.meta.dirname, 'fake-agent.mjs'), ...options]
  const saved: [string, AcpSession][][] = []
  const save = async () => void saved.push([...known])
  const lines: string[] = []
  const onLine = (line: string) => void lines.push(line)
  const agent = new AcpAgent({ command: node, args, cwd: import.meta.dirname, onLine }, { known, save })
  started.push(agent)
  return { agent, saved, lines }
}

/** Calls the agent for a turn, as its circle does. */
function call(agent: AcpAgent, content: string, about: Partial<TurnRequest> = {}) {
  const asked = aMessage({ content: `@owl ${content}` })
  const request = aRequest({ asked, ...about })
  const turn = { decisions: request.decisions, steps: [] }
  const stream = replyStream(reply => agent.reply(fromWire(request), reply), { circle: noCircle, turn, report() {} })
  return { request, stream }
}

async function partsOf(stream: ReadableStream<Uint8Array>): Promise<TurnPart[]> {
  const parts: TurnPart[] = []
  for await (const part of readTurnParts(stream)) parts.push(part)
  return parts
}

async function textOf(agent: AcpAgent, content: string, about: Partial<TurnRequest> = {}): Promise<string> {
  const parts = await partsOf(call(agent, content, about).stream)
  expect(parts.at(-1)).toMatchObject({ type: 'final' })
  return parts.map(part => (part.type === 'delta' ? part.text : '')).join('')
}

/** The decision of a person on what a call asked for. */
function decided(asked: TurnPart | undefined, decision: Decision['decision'] = 'approved'): Decision {
  if (asked?.type !== 'approval') throw new Error(`expected an approval, got ${JSON.stringify(asked)}`)
  const { type: _, ...question } = asked
  return { ...question, approval: 'a1', decision, by: 'bob' }
}

test('a prompt is a turn: what the program writes is the reply', async () => {
  expect(await textOf(anAgent().agent, 'hello')).toBe('Hoo, hoo!')
})

test('what the program prints beside its replies is handed on line by line, to be printed clean', async () => {
  const { agent, lines } = anAgent()
  await textOf(agent, 'be loud')
  await expect.poll(() => lines).toEqual(['\u001b]52;c;evil\u0007', 'a second line'])
})

test('one person keeps one session, another has another, and what it knows is not sent again', async () => {
  const { agent, saved } = anAgent()
  const first = await textOf(agent, 'who are you', { turn: 't1' })
  const again = await textOf(agent, 'who are you', { turn: 't2' })
  const other = await textOf(agent, 'who are you', { turn: 't3', session_id: 'of bob' })
  expect([first.split(',')[1], again]).toEqual([' prompt 1', first.replace('prompt 1', 'prompt 2')])
  expect(other.split(',')[0]).not.toBe(first.split(',')[0])
  expect(saved.at(-1)?.map(([, { seq }]) => seq)).toEqual([1, 1])
})

test('sessions are resumed by the next program, and one that is lost begins anew', async () => {
  const known = new Map([
    [aRequest().session_id, { id: 'kept', seq: 7 }],
    ['of bob', { id: 'lost', seq: 7 }],
  ])
  const { agent } = anAgent(known)
  expect(await textOf(agent, 'who are you', { turn: 't1' })).toBe('kept, prompt 101')
  expect(await textOf(agent, 'who are you', { turn: 't2', session_id: 'of bob' })).toMatch(/, prompt 1$/)
})

test.each([
  ['approved', 'The answer is once.'],
  ['rejected', 'The answer is no.'],
  ['expired', 'The answer is no.'],
] as const)(
  '[T8] a permission is an approval of exactly this call, and what was %s is answered so',
  async (decision, text) => {
    const { agent } = anAgent()
    const asked = (await partsOf(call(agent, 'deploy v1').stream)).at(-1)
    expect(asked).toEqual({
      type: 'approval',
      description: 'Allow: deploy',
      key: 'call-v1',
      data: { tool: 'deploy', input: { version: 'v1' } },
    })
    expect(await textOf(agent, 'deploy v1', { attempt: 2, decisions: [decided(asked, decision)] })).toBe(
      `Let me see. ${text}`,
    )
  },
)

test('[T8] a decision for another version than the one it waits for is none: people are asked anew', async () => {
  const { agent } = anAgent()
  const asked = (await partsOf(call(agent, 'deploy v1').stream)).at(-1)
  const lost = anAgent().agent // another program, which knows nothing of the turn and asks for v2 this time
  const parts = await partsOf(call(lost, 'deploy v2', { attempt: 2, decisions: [decided(asked)] }).stream)
  expect(parts.at(-1)).toMatchObject({ type: 'approval', key: 'call-v2', data: { input: { version: 'v2' } } })
})

test('[T8] of an input that is too long people see the beginning, and its SHA-256', async () => {
  const asked = (await partsOf(call(anAgent().agent, 'deploy v1, big').stream)).at(-1)
  expect(asked).toMatchObject({
    data: { input_begins: expect.stringMatching(/^\{"version":"v1,","notes":"x+$/), input_sha256: expect.any(String) },
  })
})

test('a stop reaches the program as a cancel, and its session goes on', async () => {
  const { agent } = anAgent()
  const { stream } = call(agent, 'slow', { turn: 't1' })
  const reader = stream.getReader()
  await reader.read()
  await reader.cancel('stop')
  expect(await textOf(agent, 'who are you', { turn: 't2' })).toMatch(/, prompt [12]$/)
})

test('while people decide, the program answers the same person in another session', async () => {
  const { agent } = anAgent()
  const asked = (await partsOf(call(agent, 'deploy v1', { turn: 't1' }).stream)).at(-1)
  expect(await textOf(agent, 'hello', { turn: 't2' })).toBe('Hoo, hoo!')
  expect(await textOf(agent, 'deploy v1', { turn: 't1', decisions: [decided(asked)] })).toMatch(/once\.$/)
})

test('a program that dies fails the call, and is started again; one that refuses fails the turn', async () => {
  const { agent } = anAgent()
  const failed = await partsOf(call(agent, 'die', { turn: 't1' }).stream)
  expect(failed.at(-1)).toEqual({ type: 'error', code: 'agent_failed', message: 'The program failed.', retry: true })
  expect(await textOf(agent, 'hello', { turn: 't1', attempt: 2 })).toBe('Hoo, hoo!')
  const refused = await partsOf(call(agent, 'refuse', { turn: 't2' }).stream)
  expect(refused.at(-1)).toMatchObject({ type: 'error', code: 'agent_refused', retry: false })
})

test.each([
  ['for a session', ['logged-out'], 'hello'],
  ['for a prompt', [], 'log out'],
])(
  'a program that asks for authentication %s fails the turn, which is not called again, and people read why',
  async (_, options, content) => {
    const { agent } = anAgent(new Map(), options)
    const failed = await partsOf(call(agent, content, { turn: 't1' }).stream)
    expect(failed.at(-1)).toEqual({
      type: 'error',
      code: 'agent_login_required',
      message: expect.stringContaining('has to log in to it and to start `circles-rooms connect` again'),
      retry: false,
    })
  },
)

test('what else a program says about its error is for the log', () => {
  const data = { details: 'The disk is full.' }
  expect(programError(new RequestError(-32_603, 'Internal error', data))).toMatchObject({
    code: 'agent_failed',
    message: 'The program failed.',
    retry: true,
    cause: { message: 'Internal error: {"details":"The disk is full."}' },
  })
})

test('a program that cannot be started, or speaks another protocol, is an error at the start', async () => {
  const none = { known: new Map<string, AcpSession>(), save: async () => {} }
  const missing = new AcpAgent({ command: '/nowhere/at/all', args: [], cwd: '/', onLine: () => {} }, none)
  await expect(missing.start()).rejects.toThrow('it cannot be started')
  const silent = new AcpAgent({ command: node, args: ['-e', ''], cwd: '/', onLine: () => {} }, none)
  await expect(silent.start()).rejects.toThrow('does not speak the Agent Client Protocol')
})
