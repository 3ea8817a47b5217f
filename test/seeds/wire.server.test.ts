import { afterAll, beforeAll, expect, test } from 'vitest'
import { node, tool } from '../../scripts/toolchain.mjs'
import type { PresenceDiff } from '../../src/protocol/frames.ts'
import { startProgram } from '../support/program.ts'
import { python } from '../support/python.ts'
import { type Server, startServer } from '../support/server.ts'
import { openSocket, type Socket } from '../support/socket.ts'

// Programs that were written for other room servers, against a real one of ours: they must not notice.

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const plain = (circle: string) => openSocket(server.ws(`/ws/circles/${circle}`))
const native = (circle: string) => openSocket(server.ws(`/ws/circles/${circle}?name=nat`), ['circles.v1'])
const wscat = (path: string) => startProgram(node, [tool('wscat', 'bin/wscat'), '-c', server.ws(path)])

/** Waits until somebody else came in. wscat drops lines it is given before its socket is open. */
const somebodyCame = (observer: Socket) =>
  observer.next(({ type, data }) => {
    if (type !== 'presence') return false
    return (data as PresenceDiff).joined.some(({ id }) => id !== 'guest:nat')
  })

test('[D1] the first frame after a ping is its pong', async () => {
  await using socket = await plain('ping')
  socket.send({ type: 'ping' })
  expect(await socket.next()).toEqual({ type: 'pong', data: {} })
})

test('[D1] the first frame the second socket hears is the line, with its content on top', async () => {
  await using one = await plain('broadcast')
  await using two = await plain('broadcast')
  one.send({ type: 'message', content: 'Hello' })
  expect(await two.next()).toMatchObject({ type: 'message', content: 'Hello', data: { content: 'Hello' } })
  expect(await one.next()).toMatchObject({ type: 'message', content: 'Hello' })
})

test('[D3] wscat asks pickle on /ws and hears question and answer, keys in order', async () => {
  await using observer = await native('lobby')
  await using program = wscat('/ws')
  await somebodyCame(observer)
  program.say('{"source": "test", "content": "Hello, Pickle!"}')

  const question = JSON.parse(await program.next())
  expect(Object.keys(question)).toEqual(['type', 'session_id', 'source', 'content', 'timestamp', 'retry_count'])
  expect(question).toMatchObject({ type: 'InboundEvent', source: 'platform-ws:test', content: 'Hello, Pickle!' })
  expect(question.retry_count).toBe(0)
  expect(Math.abs(question.timestamp - Date.now() / 1000)).toBeLessThan(60)

  const answer = JSON.parse(await program.next(line => line.includes('OutboundEvent')))
  expect(Object.keys(answer)).toEqual(['type', 'session_id', 'source', 'content', 'timestamp', 'error'])
  expect(answer).toMatchObject({ source: 'agent:pickle', session_id: question.session_id, error: null })
  expect(answer.content).not.toBe('')

  program.say('{"source": "test", "content": "And again"}')
  const next = JSON.parse(await program.next(line => line.includes('And again')))
  expect(next.session_id).toBe(question.session_id)
})

test('[D3] wscat that sends nonsense is told what is wrong, and stays', async () => {
  await using observer = await native('nonsense')
  await using program = wscat('/ws?circle=nonsense')
  await somebodyCame(observer)
  program.say('Hello?')
  expect(JSON.parse(await program.next())).toEqual({
    type: 'error',
    message: expect.stringMatching(/^Validation error: /),
  })
  program.say('{"source": "test", "content": "Hello!"}')
  expect(JSON.parse(await program.next())).toMatchObject({ type: 'InboundEvent', content: 'Hello!' })
})

test('[D4] a text socket says a line and hears one answer', async () => {
  await using socket = await openSocket(server.ws('/ws/chat/pickle'))
  socket.send('Hello!')
  const answer = await socket.next()
  expect(answer).toMatchObject({ type: 'text' })
  expect(answer.text).not.toBe('')
})

test.skipIf(python === null)('[D1] the Python tests of a room pass (needs Python with websockets)', async () => {
  await using program = startProgram(String(python), [
    `${import.meta.dirname}/two_tests.py`,
    server.ws('/ws/circles/py'),
  ])
  expect(await program.next()).toBe('2 passed')
})

test.skipIf(python === null)(
  '[D5] wscat, a Python script and a native client in one circle hear each other (needs Python with websockets)',
  async () => {
    await using nat = await native('mixed')
    await using cat = wscat('/ws?circle=mixed')
    await somebodyCame(nat)
    cat.say('{"source": "shell", "content": "from wscat"}')
    await nat.next(({ type, data }) => type === 'message' && JSON.stringify(data).includes('from wscat'))
    await using snake = startProgram(String(python), [
      `${import.meta.dirname}/circle.py`,
      server.ws('/ws/circles/mixed'),
      'from python',
    ])
    await snake.next(line => line.includes('from python'))
    nat.send({ type: 'message', id: 'n1', data: { content: 'from native' } })
    await snake.next(line => line.includes('from native'))
    cat.say('{"source": "shell", "content": "last words"}')
    await nat.next(({ type, data }) => type === 'message' && JSON.stringify(data).includes('last words'))

    expect(contents(await linesUntil(snake, 'last words'))).toEqual(['from python', 'from native', 'last words'])
    expect(contents(await linesUntil(cat, 'last words'))).toEqual([
      'from wscat',
      'from python',
      'from native',
      'last words',
    ])
    const heard = nat.frames.filter(({ type }) => type === 'message').map(({ seq }) => seq)
    expect(heard).toEqual([1, 2, 3, 4])
  },
)

async function linesUntil(program: { lines: string[] }, last: string): Promise<string[]> {
  await expect.poll(() => program.lines.some(line => line.includes(last))).toBe(true)
  return program.lines
}

function contents(lines: string[]): string[] {
  return lines.map(line => JSON.parse(line).content)
}
