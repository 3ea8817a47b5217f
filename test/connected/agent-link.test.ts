import { expect, test } from 'vitest'
import { readTurnParts } from '../../src/agents/ndjson-reader.ts'
import { AgentLink, type AgentSocket } from '../../src/connected/agent-link.ts'
import { type AgentServerFrame, connectedAgentLimits } from '../../src/protocol/connected-agents.ts'
import type { CircleAccess, TurnPart, TurnRequest } from '../../src/protocol/turns.ts'

const now = 1_000
const request = { turn: 't1', agent: 'owl', attempt: 1 } as TurnRequest
const refuse = () => Promise.reject(Object.assign(new Error('This turn is over.'), { name: 'AccessError' }))
const circle: CircleAccess = {
  search: () => Promise.resolve([]),
  lines: refuse,
  remind: () => Promise.reject(new Error('secret')),
  reminders: refuse,
  forget: refuse,
}

function aLink() {
  const frames: AgentServerFrame[] = []
  const closed: string[] = []
  const socket: AgentSocket = { send: frame => void frames.push(frame), close: code => void closed.push(code) }
  const described: object[] = []
  let ids = 0
  const link = new AgentLink({ newId: () => `c${++ids}`, describe: about => void described.push(about) })
  const send = (frame: object | string | ArrayBuffer) =>
    link.receive(socket, typeof frame === 'string' || frame instanceof ArrayBuffer ? frame : JSON.stringify(frame), now)
  const part = (call: string, data: object) => send({ type: 'part', data: { call, part: data } })
  return { link, socket, frames, closed, described, send, part }
}

async function partsOf(stream: ReadableStream<Uint8Array>) {
  const parts: TurnPart[] = []
  for await (const part of readTurnParts(stream)) parts.push(part)
  return parts
}

test('a call is a frame, and the parts that come back are the stream of the turn', async () => {
  const { link, socket, frames, part } = aLink()
  const { stream, ends } = link.call(socket, request, circle)
  expect(frames).toEqual([{ type: 'turn', data: { call: 'c1', request } }])
  part('c1', { type: 'delta', text: 'Hoo' })
  part('c1', { type: 'final' })
  part('c1', { type: 'delta', text: ' too late' })
  expect(await partsOf(stream)).toEqual([{ type: 'delta', text: 'Hoo' }, { type: 'final' }])
  await ends
})

test('two calls do not mix, and what comes for a call that does not exist is ignored', async () => {
  const { link, socket, part, frames, closed } = aLink()
  const [first, second] = [link.call(socket, request, circle), link.call(socket, { ...request, turn: 't2' }, circle)]
  part('c2', { type: 'final', content: 'two' })
  part('c1', { type: 'final', content: 'one' })
  part('c3', { type: 'final', content: 'three' })
  expect(await partsOf(first.stream)).toEqual([{ type: 'final', content: 'one' }])
  expect(await partsOf(second.stream)).toEqual([{ type: 'final', content: 'two' }])
  expect([frames.length, closed]).toEqual([2, []])
})

test('a stop cancels the call: the agent is told, and what it still sends is ignored', async () => {
  const { link, socket, frames, part } = aLink()
  const { stream, ends } = link.call(socket, request, circle)
  await stream.cancel('stop')
  await ends
  part('c1', { type: 'delta', text: 'late' })
  expect(frames.slice(1)).toEqual([{ type: 'cancel', data: { call: 'c1' } }])
})

test('a part that is none ends the turn as for every other agent', async () => {
  const { link, socket, part } = aLink()
  const { stream } = link.call(socket, request, circle)
  part('c1', { type: 'approval' })
  expect(await partsOf(stream)).toEqual([expect.objectContaining({ type: 'error', code: 'agent_bad_answer' })])
})

test('a socket that closes ends its calls as agent_died', async () => {
  const { link, socket, part } = aLink()
  const { stream } = link.call(socket, request, circle)
  part('c1', { type: 'delta', text: 'Hoo' })
  const parts = partsOf(stream)
  await Promise.resolve()
  link.disconnected()
  expect((await parts).at(-1)).toMatchObject({ type: 'error', code: 'agent_died' })
})

test.each([
  ['no JSON', 'hello'],
  ['another type', { type: 'message', data: { content: 'I am ada' } }],
  ['a part without a call', { type: 'part', data: { part: { type: 'final' } } }],
  ['a method that is none', { type: 'request', data: { call: 'c1', id: '1', method: 'constructor', args: [] } }],
  ['bytes', new ArrayBuffer(4)],
])('%s is refused with bad_frame, and nothing else happens', (_, frame) => {
  const { send, frames, closed, described } = aLink()
  send(frame)
  expect(frames).toEqual([{ type: 'error', data: { code: 'bad_frame', message: expect.any(String) } }])
  expect([closed, described]).toEqual([[], []])
})

test('floods close the socket: of frames, of what is none, and of one that is too big', () => {
  for (const [frame, count] of [
    [{ type: 'ping' }, connectedAgentLimits.frame_burst + 1],
    ['garbage', connectedAgentLimits.frame_burst / 20 + 1],
  ] as const) {
    const { send, closed } = aLink()
    for (let n = 0; n < count; n++) send(frame)
    expect(closed).toEqual(['flooding'])
  }
  const { send, closed } = aLink()
  send('x'.repeat(connectedAgentLimits.frame_bytes + 1))
  expect(closed).toEqual(['tooBig'])
})

test('a call that runs ahead of its reader by more than 1 MiB ends in agent_bad_answer', async () => {
  const { link, socket, part, frames } = aLink()
  const { stream } = link.call(socket, request, circle)
  for (let n = 0; n < 5; n++) part('c1', { type: 'delta', text: 'x'.repeat(400_000) })
  const parts = await partsOf(stream)
  expect(parts.at(-1)).toMatchObject({ type: 'error', code: 'agent_bad_answer', retry: false })
  expect(frames.at(-1)).toEqual({ type: 'cancel', data: { call: 'c1' } })
})

test('the methods of the circle are answered while the call runs, and what is no refusal is not told', async () => {
  const { link, socket, send, frames, part } = aLink()
  link.call(socket, request, circle)
  const ask = (id: string, method: string) => send({ type: 'request', data: { call: 'c1', id, method, args: ['x'] } })
  ask('1', 'search')
  ask('2', 'lines')
  ask('3', 'remind')
  part('c1', { type: 'final' })
  ask('4', 'search')
  await new Promise(setImmediate)
  const responses = frames.flatMap(frame => (frame.type === 'response' ? [frame.data] : []))
  expect(responses.toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual([
    { call: 'c1', id: '1', value: [] },
    { call: 'c1', id: '2', error: 'This turn is over.' },
    { call: 'c1', id: '3', error: 'The call failed.' },
    { call: 'c1', id: '4', error: 'This turn is over.' },
  ])
})

test('what a call holds of its circle is let go when it ends, however it ends', async () => {
  const { link, socket, part } = aLink()
  let held = 0
  const search = Object.assign(() => Promise.resolve([]), {
    dup: () => {
      held += 1
      const release = () => {
        held -= 1
      }
      return Object.assign(() => Promise.resolve([]), { [Symbol.dispose]: release })
    },
  })
  link.call(socket, request, { ...circle, search })
  const stopped = link.call(socket, request, { ...circle, search })
  link.call(socket, request, { ...circle, search })
  expect(held).toBe(3)
  part('c1', { type: 'final', content: 'Hoo' })
  await stopped.stream.cancel('stop')
  link.disconnected()
  expect(held).toBe(0)
})
