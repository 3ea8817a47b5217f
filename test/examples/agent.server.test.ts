import { expect, test } from 'vitest'
import { exampleConfigs } from '../../scripts/example-agent.mjs'
import { startServer } from '../support/server.ts'
import { type Frame, openSocket, type Socket } from '../support/socket.ts'

type Data = { id?: string; seq?: number; in_reply_to?: number; content?: string; [key: string]: unknown }
const data = (frame: Frame) => frame.data as Data

/** Sends a command and returns its response. */
async function run(socket: Socket, type: string, commandData: object): Promise<Data> {
  const id = `${type}-${socket.frames.length}-${Math.random().toString(36).slice(2)}`
  socket.send({ type, id, data: commandData })
  return data(await socket.next(frame => frame.type !== 'message' && data(frame).id === id))
}

/** Sends a message and waits for the reply. */
async function replyTo(socket: Socket, content: string): Promise<Data> {
  const { seq } = await run(socket, 'message', { content })
  return data(await socket.next(frame => frame.type === 'agent_message' && data(frame).in_reply_to === seq))
}

test('two Workers: a bound agent replies, streams, searches, asks for approval, and survives a kill -9', async () => {
  await using server = await startServer({}, { configs: exampleConfigs() })
  const open = (name: string) => openSocket(server.ws(`/ws/circles/forest?name=${name}`), ['circles.v1'])

  await using ada = await open('ada')
  const greeting = await replyTo(ada, '@owl hello')
  expect(greeting).toMatchObject({ agent_id: 'owl', agent_name: 'Owl', hop: 1 })
  expect(greeting.content).toMatch(/^Hoo, hoo, .*ada!$/i)
  const deltas = ada.frames.filter(({ type }) => type === 'agent_delta').map(frame => data(frame).text)
  expect(deltas.join('')).toBe(greeting.content)
  expect((await replyTo(ada, '@owl look for hello')).content).toBe('I see it in #1.')

  const { seq: prompt } = await run(ada, 'message', { content: '@owl deploy 1.2' })
  const requested = data(await ada.next(({ type }) => type === 'approval_requested'))
  const { seq: reminderPrompt } = await run(ada, 'message', { content: '@scribe remind me in 4 seconds to sleep' })
  await ada.next(frame => frame.type === 'agent_message' && data(frame).in_reply_to === reminderPrompt)
  await server.kill9()
  await server.start()

  await using bob = await open('bob')
  await run(bob, 'approve', { approval: requested.approval, note: 'go' })
  const done = await bob.next(frame => frame.type === 'agent_message' && data(frame).in_reply_to === prompt)
  expect(data(done).content).toMatch(/^1\.2 is deployed\. Approved by .*bob\.$/)
  const isReminder = (frame: Frame) => frame.type === 'agent_message' && `${data(frame).content}`.startsWith('⏰')
  const events = async () => (await run(bob, 'history', { after: 0, limit: 200 })).events as Frame[]
  if (!(await events()).some(isReminder)) await bob.next(isReminder)
  expect((await events()).filter(isReminder)).toHaveLength(1)
})
