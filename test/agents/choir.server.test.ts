import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { type Frame, openSocket } from '../support/socket.ts'

const circles = 50
const song = Array.from({ length: 50 }, (_, index) => `${index + 1} `).join('')

test(`[T4] ${circles} circles with two agents each stream at once, and no delta is lost`, async () => {
  await using server = await startServer({}, { configs: ['test/agents/choir/wrangler.toml'] })
  const sung = await Promise.all(
    Array.from({ length: circles }, async (_, index) => {
      const socket = await openSocket(server.ws(`/ws/circles/choir-${index}?name=ada`), ['circles.v1'])
      socket.send({ type: 'message', id: 'm1', data: { content: '@lark and @wren, sing' } })
      const isEnd = ({ type }: Frame) => type === 'agent_message' || type === 'turn_failed'
      const ends = [await socket.next(isEnd), await socket.next(isEnd)] as { type: string; data: Data }[]
      const deltas = socket.frames.filter(({ type }) => type === 'agent_delta').map(frame => frame.data as Data)
      await socket.close()
      return ends.map(({ type, data }) => {
        const own = deltas.filter(({ turn }) => turn === data.turn)
        return {
          type,
          agent: data.agent_id,
          content: data.content,
          joined: own.map(({ text }) => text).join(''),
          inOrder: own.every(({ index }, at) => index === at),
        }
      })
    }),
  )
  const whole = { type: 'agent_message', content: song, joined: song, inOrder: true }
  const expected = [
    { ...whole, agent: 'lark' },
    { ...whole, agent: 'wren' },
  ]
  const byName = (a: { agent: string }, b: { agent: string }) => a.agent.localeCompare(b.agent)
  expect(sung.map(turns => turns.toSorted(byName))).toEqual(Array.from({ length: circles }, () => expected))
})

type Data = { turn: string; agent_id: string; content: string; text: string; index: number; agent: string }
