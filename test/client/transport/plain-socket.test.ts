import { expect, test } from 'vitest'
import type { Socket } from '../../../src/client/platform.ts'
import { PlainSocket } from '../../../src/client/transport/plain-socket.ts'
import { fakePlatform } from '../fake-platform.ts'

type Opened = Socket & { url: string; sent: string[]; closedWith: number | null }

/** A plain socket with a listener, and the sockets that it opened. */
function setUp(url = 'ws://circles.test/ws/circles/lobby') {
  const opened: Opened[] = []
  const platform = fakePlatform({
    socket(url) {
      const socket: Opened = {
        ...{ url, sent: [], closedWith: null },
        ...{ onopen: null, onmessage: null, onclose: null, onerror: null },
        send: text => void socket.sent.push(`${text}`),
        close: code => {
          socket.closedWith = code ?? null
        },
      }
      opened.push(socket)
      return socket
    },
  })
  const socket = new PlainSocket<unknown>(url, () => platform)
  const unsubscribe = socket.subscribe(() => {})
  const latest = (): Opened => opened.at(-1) as Opened
  return { socket, platform, opened, latest, unsubscribe }
}

test('text is sent and received as text, everything else as JSON', () => {
  const { socket, latest } = setUp()
  latest().onopen?.()
  expect([socket.send('Hello!'), socket.send({ type: 'message' }), socket.send([1])]).toEqual([true, true, true])
  expect(latest().sent).toEqual(['Hello!', '{"type":"message"}', '[1]'])
  for (const data of ['Hello, Ada!', '{"type":"message"}', new ArrayBuffer(1)]) latest().onmessage?.({ data })
  expect(socket.state).toMatchObject({
    data: { type: 'message' },
    messages: ['Hello, Ada!', { type: 'message' }],
  })
})

test('nothing is sent before the socket is open, or after it has closed', () => {
  const { socket, latest } = setUp()
  expect([socket.state.readyState, socket.send('early')]).toEqual([0, false])
  latest().onopen?.()
  expect(socket.state.readyState).toBe(1)
  latest().onclose?.({ code: 1006, reason: '' })
  expect([socket.state.readyState, socket.send('late')]).toEqual([3, false])
  expect(latest().sent).toEqual([])
})

test('the latest 1,000 messages are kept', () => {
  const { socket, latest } = setUp()
  for (let count = 1; count <= 1_001; count++) latest().onmessage?.({ data: `${count}` })
  expect([socket.state.messages.length, socket.state.messages[0], socket.state.data]).toEqual([1_000, 2, 1_001])
})

test('[E3] after a failure it reconnects with back-off, and after flooding when the server says so', async () => {
  const { socket, platform, opened, latest } = setUp()
  latest().onclose?.({ code: 1006, reason: '' })
  expect(socket.state.error).toEqual(new Error('The socket was closed with 1006.'))
  await platform.advance(500)
  latest().onclose?.({ code: 4429, reason: 'too fast: come back in 5 s' })
  await platform.advance(5_999)
  expect(opened).toHaveLength(2)
  await platform.advance(1)
  expect(opened).toHaveLength(3)
  latest().onopen?.()
  expect(socket.state).toMatchObject({ readyState: 1, error: null })
})

test.each([1000, 1008, 4001, 4401, 4403, 4404, 4410, 4426])('[E3] after %i it stays closed until reset', async code => {
  const { socket, platform, opened, latest } = setUp()
  latest().onopen?.()
  latest().onmessage?.({ data: 'hello' })
  latest().onclose?.({ code, reason: 'for good' })
  await platform.advance(600_000)
  expect(opened).toHaveLength(1)
  expect(socket.state.error).toEqual(new Error(`The socket was closed with ${code}: for good.`))
  socket.reset()
  expect(socket.state).toEqual({ data: null, messages: [], readyState: 0, error: null })
  expect(opened).toHaveLength(2)
})

test('close ends it until reset, also while it waits for the next attempt', async () => {
  const { socket, platform, opened, latest } = setUp()
  latest().onopen?.()
  socket.close()
  expect([socket.state.readyState, latest().closedWith]).toEqual([3, 1000])
  latest().onmessage?.({ data: 'late' })
  expect(socket.state.messages).toEqual([])
  socket.reset()
  latest().onclose?.({ code: 1006, reason: '' })
  socket.close()
  await platform.advance(600_000)
  expect(opened).toHaveLength(2)
})

test('reset leaves an open socket open', () => {
  const { socket, opened, latest } = setUp()
  latest().onopen?.()
  latest().onmessage?.({ data: 'hello' })
  socket.reset()
  expect(socket.state).toEqual({ data: null, messages: [], readyState: 1, error: null })
  expect(opened).toHaveLength(1)
})

test('it is open while something subscribes to it', async () => {
  const { socket, platform, opened, latest, unsubscribe } = setUp()
  const other = socket.subscribe(() => {})
  unsubscribe()
  expect(latest().closedWith).toBe(null)
  other()
  expect(latest().closedWith).toBe(1000)
  await platform.advance(600_000)
  expect(opened).toHaveLength(1)
  socket.subscribe(() => {})
  expect(opened).toHaveLength(2)
})

test('an http URL means a socket of the same origin, and a URL that is none is an error', () => {
  expect(setUp('https://circles.test/ws/chat/pickle').latest().url).toBe('wss://circles.test/ws/chat/pickle')
  const { socket, opened } = setUp('/ws/chat/pickle') // there is no page here that it could be relative to
  expect([socket.state.readyState, socket.state.error?.message, opened]).toEqual([3, 'Invalid URL', []])
})

test('a relative path means the page’s origin', () => {
  Object.defineProperty(globalThis, 'location', { value: { href: 'https://page.test/a/b' }, configurable: true })
  try {
    expect(setUp('/ws/chat/pickle').latest().url).toBe('wss://page.test/ws/chat/pickle')
  } finally {
    Reflect.deleteProperty(globalThis, 'location')
  }
})
