import { afterEach, expect, test, vi } from 'vitest'
import { Agent, AgentError, CircleAgent, type Reply, type TurnRequest } from '../../src/agents/kit/agent.ts'
import { runTurn, type TurnProgress } from '../../src/agents/run-turn.ts'
import type { AgentBinding } from '../../src/env.ts'
import { type TurnRequest as TurnRequestOnWire, turnRequest } from '../../src/protocol/turns.ts'
import { noCircle } from '../support/agents.ts'
import { streamOf } from '../support/streams.ts'
import { TestRoom } from '../support/test-room.ts'

// Circles and its agents are deployed separately, so each must understand the other's 0.1. The requests and replies here
// were recorded from 0.1; a change to any of them breaks agents or circles that are deployed.

const decided = { approval: 'a1', decision: 'approved', by: 'ada' }

/** The request of a circle of 0.1. */
const requestOf01 = (content: string, decisions: object[] = []) =>
  JSON.parse(`{"turn":"turn-1","attempt":1,"agent":"owl","session_id":"00000000-0000-4000-8000-000000000001",
    "channel":"circle:dev","circle":{"title":"Dev","status":"active"},
    "asked":{"seq":1,"at":"2026-11-21T09:00:00.000Z","author":{"id":"ada","name":"Ada","kind":"person"},
      "trust":"member","content":${JSON.stringify(content)}},
    "history":[],"members":[],"decisions":${JSON.stringify(decisions)},"settings":{},
    "now":"2026-11-21T09:00:00.000Z"}`)

/** The replies of an agent of 0.1 to these messages, byte by byte. */
const thinking = '{"type":"status","state":"thinking"}\n{"type":"status","state":"tool","tool":"map"}\n'
const text = '{"type":"delta","text":"Hoo"}\n{"type":"delta","text":", Ada! "}\n'
const approval = '{"type":"approval","description":"Hunt?","role":"moderator","users":["ada"],"minutes":5}\n'
const final = '{"type":"final","usage":{"input_tokens":2,"output_tokens":1}}\n'
const repliesOf01 = {
  hello: { decisions: [], bytes: `${thinking}${text}${approval}` },
  'hello, approved': { decisions: [decided], bytes: `${thinking}${text}{"type":"delta","text":"For ada."}\n${final}` },
  mouse: { decisions: [], bytes: '{"type":"error","code":"hungry","message":"I ate it.","retry":false}\n' },
  bug: { decisions: [], bytes: '{"type":"error","code":"agent_failed","message":"The agent failed.","retry":true}\n' },
}

async function hoot(content: string, reply: Reply, name: string): Promise<void> {
  if (content === 'mouse') throw new AgentError('hungry', 'I ate it.', { retry: false })
  if (content === 'bug') throw new Error('secret')
  await reply.status('thinking')
  await reply.status('tool', 'map')
  await reply.delta('Hoo')
  reply.reportUsage({ input_tokens: 2, output_tokens: 1 })
  await reply.write(`, ${name}! `)
  const { decision, by } = await reply.ask('Hunt?', { role: 'moderator', users: ['ada'], minutes: 5 })
  await reply.write(decision === 'approved' ? `For ${by}.` : 'Then not.')
}

class NewOwl extends CircleAgent {
  protected override readonly metadata = { name: 'Night Owl', description: 'Sees in the dark.' }
  protected override onTurn({ message }: TurnRequest, reply: Reply) {
    return hoot(message.content, reply, message.author.name)
  }
}

class OldOwl extends Agent {
  protected override readonly about = { name: 'Night Owl', description: 'Sees in the dark.' }
  protected override answer({ asked }: TurnRequest, reply: Reply) {
    return hoot(asked.content, reply, asked.author.name)
  }
}

afterEach(() => void vi.restoreAllMocks())

test.each([
  ['CircleAgent', new NewOwl({} as never, {})],
  ['Agent', new OldOwl({} as never, {})],
])('[T1] a circle of 0.1 gets the same bytes from a %s of today', async (_, owl) => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(await owl.describe()).toEqual({ id: 'night-owl', name: 'Night Owl', description: 'Sees in the dark.' })
  for (const [content, { decisions, bytes }] of Object.entries(repliesOf01)) {
    const stream = await owl.turn(requestOf01(content, decisions), noCircle)
    expect(await new Response(stream).text()).toBe(bytes)
  }
})

test('[T1] a circle of today understands the bytes of an agent of 0.1', async () => {
  const ask = { description: 'Hunt?', role: 'moderator', users: ['ada'], minutes: 5 }
  const usage = { input_tokens: 2, output_tokens: 1 }
  const outcomes = []
  for (const { bytes } of Object.values(repliesOf01)) outcomes.push((await call(bytes)).outcome)
  expect(outcomes).toEqual([
    { type: 'asks', ask },
    { type: 'answered', content: 'Hoo, Ada! For ada.', truncated: false, usage },
    { type: 'failed', code: 'hungry', message: 'I ate it.', retry: false },
    { type: 'failed', code: 'agent_failed', message: 'The agent failed.', retry: true },
  ])
  expect((await call(repliesOf01.hello.bytes)).progress).toEqual([
    { type: 'status', state: 'thinking' },
    { type: 'status', state: 'tool', tool: 'map' },
    { type: 'delta', text: 'Hoo' },
    { type: 'delta', text: ', Ada! ' },
  ])
})

/** Calls an agent that replies with these bytes. */
async function call(bytes: string) {
  const progress: TurnProgress[] = []
  const onPart = (part: TurnProgress) => {
    progress.push(part)
    return 'continue' as const
  }
  const binding = { describe: () => Promise.reject(), turn: async () => streamOf(bytes) } satisfies AgentBinding
  return { outcome: await runTurn(binding, requestOf01('hello'), { onPart }, { circle: noCircle }), progress }
}

test('[T1] the request of a circle of today has the keys of 0.1, the steps and the time limit', () => {
  const required = ['turn', 'attempt', 'agent', 'session_id', 'channel', 'circle', 'asked']
  const keys = [...required, 'history', 'members', 'decisions', 'settings', 'now', 'steps', 'turn_seconds']
  const room = new TestRoom()
  room.sendMessage(room.open('ada'), '@pickle hello')
  const sent = room.calls.at(-1) as TurnRequestOnWire
  expect(
    Object.keys(sent)
      .filter(key => key !== 'request_id')
      .toSorted(),
  ).toEqual(keys.toSorted())
  expect(Object.keys(sent.asked).toSorted()).toEqual(['at', 'author', 'content', 'seq', 'trust'])
  expect(Object.keys(turnRequest.shape).toSorted()).toEqual([...keys, 'reminder', 'request_id'].toSorted())
  expect(turnRequest.parse(requestOf01('hello'))).toEqual(requestOf01('hello'))
})
