import { afterAll, beforeAll, expect, test } from 'vitest'
import { node, tool } from '../../scripts/toolchain.mjs'
import type { PresenceDiff } from '../../src/protocol/frames.ts'
import { type Program, startProgram } from '../support/program.ts'
import { python } from '../support/python.ts'
import { type Server, startServer } from '../support/server.ts'
import { openSocket, type Socket } from '../support/socket.ts'

// Programs that were written for other room servers, run against a real one of ours: they must work unchanged.

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const plain = (circle: string) => openSocket(server.ws(`/ws/circles/${circle}`))
const native = (circle: string) => openSocket(server.ws(`/ws/circles/${circle}?name=nat`), ['circles.v1'])

/**
 * Starts wscat and waits until its socket is open; it drops input that it gets before. The room hears of a session
 * before the program does, so what is waited for is a message that the program prints.
 */
async function startWscat(observer: Socket, path: string): Promise<Program> {
  const program = startProgram(node, [tool('wscat', 'bin/wscat'), '-c', server.ws(path)])
  await observer.next(
    ({ type, data }) => type === 'presence' && (data as PresenceDiff).joined.some(({ id }) => id !== 'guest:nat'),
  )
  observer.send({ type: 'message', id: 'n0', data: { content: 'Hello, shell!' } })
  await program.next(line => line.includes('Hello, shell!'))
  return program
}

test('[D1] the first frame after a ping is its pong', async () => {
  await using socket = await plain('ping')
  socket.send({ type: 'ping' })
  expect(await socket.next()).toEqual({ type: 'pong', data: {} })
})

test('[D1] the first frame on the second socket is the message, with its content at the top level', async () => {
  await using one = await plain('broadcast')
  await using two = await plain('broadcast')
  one.send({ type: 'message', content: 'Hello' })
  expect(await two.next()).toMatchObject({ type: 'message', content: 'Hello', data: { content: 'Hello' } })
  expect(await one.next()).toMatchObject({ type: 'message', content: 'Hello' })
})

test('[D3] wscat prompts pickle on /ws and receives prompt and reply, keys in order', async () => {
  await using observer = await native('lobby')
  await using program = await startWscat(observer, '/ws')
  program.writeLine('{"source": "test", "content": "Hello, Pickle!"}')

  const prompt = JSON.parse(await program.next(line => line.includes('Hello, Pickle!')))
  expect(Object.keys(prompt)).toEqual(['type', 'session_id', 'source', 'content', 'timestamp', 'retry_count'])
  expect(prompt).toMatchObject({ type: 'InboundEvent', source: 'platform-ws:test', content: 'Hello, Pickle!' })
  expect(prompt.retry_count).toBe(0)
  expect(Math.abs(prompt.timestamp - Date.now() / 1000)).toBeLessThan(60)

  const isReply = (line: string) => line.includes('OutboundEvent') && line.includes(prompt.session_id)
  const reply = JSON.parse(await program.next(isReply))
  expect(Object.keys(reply)).toEqual(['type', 'session_id', 'source', 'content', 'timestamp', 'error'])
  expect(reply).toMatchObject({ source: 'agent:pickle', error: null })
  expect(reply.content).not.toBe('')

  program.writeLine('{"source": "test", "content": "And again"}')
  const next = JSON.parse(await program.next(line => line.includes('And again')))
  expect(next.session_id).toBe(prompt.session_id)
})

test('[D3] wscat gets an error for an invalid message and stays connected', async () => {
  await using observer = await native('nonsense')
  await using program = await startWscat(observer, '/ws?circle=nonsense')
  program.writeLine('Hello?')
  expect(JSON.parse(await program.next())).toEqual({
    type: 'error',
    message: expect.stringMatching(/^Validation error: /),
  })
  program.writeLine('{"source": "test", "content": "Hello!"}')
  expect(JSON.parse(await program.next())).toMatchObject({ type: 'InboundEvent', content: 'Hello!' })
})

test('[D4] a text socket sends a message and receives one reply', async () => {
  await using socket = await openSocket(server.ws('/ws/chat/pickle'))
  socket.send('Hello!')
  const reply = await socket.next()
  expect(reply).toMatchObject({ type: 'text' })
  expect(reply.text).not.toBe('')
})

test.skipIf(python === null)('[D1] the Python tests of a room pass (needs Python with websockets)', async () => {
  await using program = startProgram(String(python), [
    `${import.meta.dirname}/two_tests.py`,
    server.ws('/ws/circles/py'),
  ])
  expect(await program.next()).toBe('2 passed')
})

test.skipIf(python === null)(
  '[D5] wscat, a Python script and a native client in one circle receive each other’s messages (needs Python with websockets)',
  async () => {
    await using nat = await native('mixed')
    await using cat = await startWscat(nat, '/ws?circle=mixed')
    cat.writeLine('{"source": "shell", "content": "from wscat"}')
    await nat.next(({ type, data }) => type === 'message' && JSON.stringify(data).includes('from wscat'))
    await using snake = startProgram(String(python), [
      `${import.meta.dirname}/circle.py`,
      server.ws('/ws/circles/mixed'),
      'from python',
    ])
    await snake.next(line => line.includes('from python'))
    nat.send({ type: 'message', id: 'n1', data: { content: 'from native' } })
    await snake.next(line => line.includes('from native'))
    cat.writeLine('{"source": "shell", "content": "last words"}')
    await nat.next(({ type, data }) => type === 'message' && JSON.stringify(data).includes('last words'))

    expect(contents(await linesUntil(snake, 'last words'))).toEqual(['from python', 'from native', 'last words'])
    expect(contents(await linesUntil(cat, 'last words'))).toEqual([
      'Hello, shell!',
      'from wscat',
      'from python',
      'from native',
      'last words',
    ])
    const seqs = nat.frames.filter(({ type }) => type === 'message').map(({ seq }) => seq)
    expect(seqs).toEqual([1, 2, 3, 4, 5])
  },
)

async function linesUntil(program: { lines: string[] }, last: string): Promise<string[]> {
  await expect.poll(() => program.lines.some(line => line.includes(last))).toBe(true)
  return program.lines
}

function contents(lines: string[]): string[] {
  return lines.map(line => JSON.parse(line).content)
}
