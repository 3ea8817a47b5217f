import { expect, test } from 'vitest'
import type { Frame } from '../../../src/client/frames.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { aCircle, shown } from '../fixtures.ts'

const status = (state: 'thinking' | 'tool' | 'idle', attempt = 1, tool?: string) =>
  ['agent_status', { turn: 't1', agent_id: 'pickle', in_reply_to: 1, state, attempt, ...(tool && { tool }) }] as const
const delta = (index: number, text: string) => ['agent_delta', { turn: 't1', agent_id: 'pickle', index, text }] as const
const answer = {
  content: 'Hello, Ada!',
  agent_id: 'pickle',
  agent_name: 'Pickle',
  turn: 't1',
  in_reply_to: 1,
  session_id: 's',
  hop: 1,
}

async function asked() {
  const scene = aCircle()
  await scene.open()
  scene.room.say('@pickle hello')
  await scene.world.advance(10)
  const tell = async (...frames: (readonly [string, Record<string, unknown>])[]) => {
    for (const [type, data] of frames) scene.room.tell(type, data)
    await scene.world.advance(10)
  }
  return { ...scene, tell }
}

test('[T4] deltas join to the text, and the answer takes its place in the same moment', async () => {
  const { world, room, circle, tell } = await asked()
  await tell(status('thinking'), delta(0, 'Hello, '), delta(1, 'Ada!'))
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
  room.append('agent_message', answer, 'turn:t1')
  await world.advance(10)
  expect(circle.state.turns).toEqual([])
  expect(shown(circle)).toEqual(['@pickle hello', 'Hello, Ada!'])
  expect(new Set(seen)).toEqual(new Set([2]))
})

test('[T5] another attempt starts its text anew', async () => {
  const { circle, tell } = await asked()
  await tell(status('thinking'), delta(0, 'Hel'), status('thinking', 2), delta(0, 'Good '), delta(1, 'day'))
  expect(circle.state.turns).toMatchObject([{ text: 'Good day', attempt: 2 }])
  await tell(status('tool', 2, 'search'))
  expect(circle.state.turns).toMatchObject([{ text: 'Good day', state: 'tool', tool: 'search' }])
})

test('a piece that never came is admitted, and a piece that comes twice is not added twice', async () => {
  const { circle, tell } = await asked()
  await tell(status('thinking'), delta(0, 'a'), delta(1, 'b'), delta(1, 'b'), delta(3, 'd'))
  expect(circle.state.turns).toMatchObject([{ text: 'abd', whole: false }])
})

test('[T4] who comes late has the text so far from the welcome, and then the rest', async () => {
  const { world, room, circle, tell } = await asked()
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
  room.peers[0]?.say(
    welcome([{ turn: 't1', agent_id: 'pickle', in_reply_to: 1, state: 'thinking', text: 'Hello', index: 4 }]),
  )
  await world.advance(10)
  await tell(delta(4, ', Ada'), status('tool', 2, 'search'), delta(5, '!'))
  expect(circle.state.turns).toMatchObject([{ text: 'Hello, Ada!', whole: true, attempt: 2 }])
})

test('[T5] a turn that failed, or went idle, is in flight no more', async () => {
  const { world, room, circle, tell } = await asked()
  await tell(status('thinking'), delta(0, 'a'), status('idle'))
  expect(circle.state.turns).toEqual([])
  await tell(status('thinking'), delta(0, 'a'))
  const failed = { turn: 't1', agent_id: 'pickle', in_reply_to: 1, code: 'timeout', message: 'No answer.', attempts: 3 }
  room.append('turn_failed', failed)
  await world.advance(10)
  expect(circle.state.turns).toEqual([])
  expect(circle.state.entries.at(-1)).toMatchObject({ author: null, event: { type: 'turn_failed' } })
})
