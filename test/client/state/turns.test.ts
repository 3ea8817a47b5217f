import { expect, test } from 'vitest'
import type { Frame } from '../../../src/client/frames.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { contentsOf, setUpCircle } from '../fixtures.ts'

const status = (state: 'thinking' | 'tool' | 'idle', attempt = 1, tool?: string) =>
  ['agent_status', { turn: 't1', agent_id: 'pickle', in_reply_to: 1, state, attempt, ...(tool && { tool }) }] as const
const delta = (index: number, text: string) => ['agent_delta', { turn: 't1', agent_id: 'pickle', index, text }] as const
const reply = {
  content: 'Hello, Ada!',
  agent_id: 'pickle',
  agent_name: 'Pickle',
  turn: 't1',
  in_reply_to: 1,
  session_id: 's',
  hop: 1,
}

async function setUpTurn() {
  const fixture = setUpCircle()
  await fixture.open()
  fixture.room.post('@pickle hello')
  await fixture.platform.advance(10)
  const broadcast = async (...frames: (readonly [string, Record<string, unknown>])[]) => {
    for (const [type, data] of frames) fixture.room.broadcast(type, data)
    await fixture.platform.advance(10)
  }
  return { ...fixture, broadcast }
}

test('[T4] deltas make up the text, and the reply replaces it in the same change', async () => {
  const { platform, room, circle, broadcast } = await setUpTurn()
  await broadcast(status('thinking'), delta(0, 'Hello, '), delta(1, 'Ada!'))
  expect(circle.state.turns).toEqual([
    {
      turn: 't1',
      agent_id: 'pickle',
      in_reply_to: 1,
      state: 'thinking',
      text: 'Hello, Ada!',
      index: 2,
      attempt: 1,
      whole: true,
    },
  ])
  const seen: number[] = []
  circle.subscribe(() => seen.push(circle.state.turns.length + circle.state.entries.length))
  room.append('agent_message', reply, 'turn:t1')
  await platform.advance(10)
  expect(circle.state.turns).toEqual([])
  expect(contentsOf(circle)).toEqual(['@pickle hello', 'Hello, Ada!'])
  expect(new Set(seen)).toEqual(new Set([2]))
})

test('turns stay in their order when an agent says what it does', async () => {
  const { circle, broadcast } = await setUpTurn()
  const other = { turn: 't2', agent_id: 'owl', in_reply_to: 1, state: 'thinking', attempt: 1 }
  await broadcast(status('thinking'), delta(0, 'Hello'), ['agent_status', other], status('tool', 1, 'search'))
  expect(circle.state.turns).toMatchObject([{ turn: 't1', text: 'Hello', state: 'tool' }, { turn: 't2' }])
})

test('[T5] another attempt starts the text again', async () => {
  const { circle, broadcast } = await setUpTurn()
  await broadcast(status('thinking'), delta(0, 'Hel'), status('thinking', 2), delta(0, 'Good '), delta(1, 'day'))
  expect(circle.state.turns).toMatchObject([{ text: 'Good day', attempt: 2 }])
  await broadcast(status('tool', 2, 'search'))
  expect(circle.state.turns).toMatchObject([{ text: 'Good day', state: 'tool', tool: 'search' }])
})

test('a lost delta is marked, and a repeated one is not appended again', async () => {
  const { circle, broadcast } = await setUpTurn()
  await broadcast(status('thinking'), delta(0, 'a'), delta(1, 'b'), delta(1, 'b'), delta(3, 'd'))
  expect(circle.state.turns).toMatchObject([{ text: 'abd', whole: false }])
})

test('[T4] a client that connects later gets the text so far in the welcome, and then the rest', async () => {
  const { platform, room, circle, broadcast } = await setUpTurn()
  const welcome = (live: unknown[]): Frame =>
    ({
      type: 'welcome',
      data: {
        ...room,
        user: circle.state.self,
        head: 1,
        recovered: true,
        members: [],
        member_count: 1,
        agents: [],
        limits,
        live,
      },
    }) as unknown as Frame
  room.peers[0]?.send(
    welcome([{ turn: 't1', agent_id: 'pickle', in_reply_to: 1, state: 'thinking', text: 'Hello', index: 4 }]),
  )
  await platform.advance(10)
  await broadcast(delta(4, ', Ada'), status('tool', 2, 'search'), delta(5, '!'))
  expect(circle.state.turns).toMatchObject([{ text: 'Hello, Ada!', whole: true, attempt: 2 }])
})

test('[T5] a turn that failed or went idle is no longer in progress', async () => {
  const { platform, room, circle, broadcast } = await setUpTurn()
  await broadcast(status('thinking'), delta(0, 'a'), status('idle'))
  expect(circle.state.turns).toEqual([])
  await broadcast(status('thinking'), delta(0, 'a'))
  const failed = { turn: 't1', agent_id: 'pickle', in_reply_to: 1, code: 'timeout', message: 'No answer.', attempts: 3 }
  room.append('turn_failed', failed)
  await platform.advance(10)
  expect(circle.state.turns).toEqual([])
  expect(circle.state.entries.at(-1)).toMatchObject({ author: null, event: { type: 'turn_failed' } })
})
