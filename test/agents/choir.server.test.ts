import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '../support/server.ts'
import { type Frame, openSocket } from '../support/socket.ts'

const circles = Number(process.env.CHOIR_CIRCLES ?? 15)
const song = Array.from({ length: 50 }, (_, index) => `${index + 1} `).join('')

let server: Server
beforeAll(async () => {
  server = await startServer({}, { configs: ['test/agents/choir/wrangler.toml'] })
})
afterAll(() => server[Symbol.asyncDispose]())

const isEnd = ({ type }: Frame) => type === 'agent_message' || type === 'turn_failed'

test(`[T4] ${circles} circles with two agents each stream at once, and no delta is lost`, async () => {
  const sung = await Promise.all(
    Array.from({ length: circles }, async (_, index) => {
      const socket = await openSocket(server.ws(`/ws/circles/choir-${index}?name=ada`), ['circles.v1'])
      socket.send({ type: 'message', id: 'm1', data: { content: '@lark and @wren, sing' } })
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

test('[T1] [T5] an agent that throws, one without methods and one that does not exist fail; their circle continues', async () => {
  await using socket = await openSocket(server.ws('/ws/circles/broken?name=ada'), ['circles.v1'])
  const welcome = await socket.next()
  const { agents } = welcome.data as { agents: { id: string; name: string }[] }
  expect(agents.map(({ id }) => id).toSorted()).toEqual(['ghost', 'grumpy', 'lark', 'mute', 'raven', 'wren'])
  socket.send({ type: 'message', id: 'm1', data: { content: '@grumpy @mute @ghost, sing' } })
  const ends = [await socket.next(isEnd), await socket.next(isEnd), await socket.next(isEnd)]
  const failures = ends.map(({ type, data }) => [type, (data as Data).agent_id, (data as Failure).attempts])
  expect(failures.toSorted()).toEqual(['ghost', 'grumpy', 'mute'].map(agent => ['turn_failed', agent, 3]))
  expect(socket.texts.join()).not.toMatch(/secret of the agent|does not implement|dev session|\.ts:\d/)
  socket.send({ type: 'message', id: 'm2', data: { content: '@lark, sing' } })
  expect((await socket.next(isEnd)).data).toMatchObject({ agent_id: 'lark', content: song })
})

test('[T1] an agent that speaks the wire of 0.1 is called with the same request and the same access', async () => {
  await using socket = await openSocket(server.ws('/ws/circles/wire?name=ada'), ['circles.v1'])
  socket.send({ type: 'message', id: 'm1', data: { content: '@raven quoth' } })
  const { data } = await socket.next(isEnd)
  const required = ['agent', 'asked', 'attempt', 'channel', 'circle', 'decisions', 'history', 'members', 'now']
  expect(JSON.parse((data as Data).content)).toEqual({
    asked: '@raven quoth',
    request: [...required, 'request_id', 'session_id', 'settings', 'steps', 'turn', 'turn_seconds'],
    circle: ['document', 'forget', 'lines', 'remind', 'reminders', 'search'],
    found: [1, 1, 'A reminder must be due within a year.', [], false],
  })
})

type Failure = { attempts: number }
type Data = { turn: string; agent_id: string; content: string; text: string; index: number; agent: string }
