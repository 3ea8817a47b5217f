import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { node } from '../../../scripts/toolchain.mjs'
import { startServer } from '../../support/server.ts'
import { type Frame, openSocket, type Socket } from '../../support/socket.ts'
import { startCircles } from '../circles.ts'

type Data = { id?: string; seq?: number; in_reply_to?: number; content?: string; [key: string]: unknown }
const data = (frame: Frame) => frame.data as Data
const fake = join(import.meta.dirname, 'fake-agent.mjs')

async function say(socket: Socket, content: string): Promise<number> {
  const id = crypto.randomUUID()
  socket.send({ type: 'message', id, data: { content } })
  return data(await socket.next(frame => frame.type === 'ack' && data(frame).id === id)).seq ?? 0
}

const isEnd = ({ type }: Frame) => type === 'agent_message' || type === 'turn_failed'

test('programs of the Agent Client Protocol are agents of a circle: streams, approvals, stop, and the loop guard', async () => {
  const state = await mkdtemp(join(tmpdir(), 'circles-connect-'))
  await using server = await startServer()
  await using ada = await openSocket(server.ws('/ws/circles/forest?name=ada'), ['circles.v1'])
  await using bob = await openSocket(server.ws('/ws/circles/forest?name=bob'), ['circles.v1'])
  const env = { CIRCLES_URL: server.url, XDG_STATE_HOME: state }
  const connect = (id: string, mention: string) =>
    startCircles(['connect', 'forest', '--as', id, '--', node, fake, mention], { env })
  try {
    await using owl = connect('owl', '')
    await owl.waitForError(/@owl is an agent of forest/)
    const hello = await say(ada, '@owl hello')
    const reply = await ada.next(frame => isEnd(frame) && data(frame).in_reply_to === hello)
    expect(data(reply)).toMatchObject({ agent_id: 'owl', content: 'Hoo, hoo!' })

    await say(ada, '@owl deploy v1')
    const asked = data(await ada.next(({ type }) => type === 'approval_requested'))
    expect(asked).toMatchObject({ key: 'call-v1', data: { tool: 'deploy', input: { version: 'v1' } } })
    ada.send({ type: 'approve', id: 'mine', data: { approval: asked.approval } })
    expect(data(await ada.next(({ type }) => type === 'error'))).toMatchObject({ id: 'mine', code: 'forbidden' })
    bob.send({ type: 'approve', id: 'yes', data: { approval: asked.approval } })
    expect(data(await ada.next(isEnd))).toMatchObject({ content: 'Let me see. The answer is once.' })

    await say(ada, '@owl slow')
    const { turn } = data(await ada.next(({ type }) => type === 'agent_delta'))
    ada.send({ type: 'stop', id: 'stop', data: { turn } })
    await owl.waitForError(/fake-agent: cancelled/)
    expect(data(await ada.next(isEnd))).toMatchObject({ content: 'I am thinking', stopped: true })

    await using _ping = connect('ping', ' @pong?')
    await using _pong = connect('pong', ' @ping?')
    await _ping.waitForError(/@ping is an agent/)
    await _pong.waitForError(/@pong is an agent/)
    await say(ada, '@ping hello')
    const end = data(await ada.next(({ type }) => type === 'turn_failed'))
    expect(end).toMatchObject({ code: 'loop_guard' })
    const hops = ada.frames.filter(({ type }) => type === 'agent_message').map(frame => data(frame).hop)
    expect(hops.slice(-8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  } finally {
    await rm(state, { recursive: true, force: true })
  }
})
