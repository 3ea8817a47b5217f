import { expect, test } from 'vitest'
import { limits } from '../../../src/protocol/limits.ts'
import { Sockets } from '../../../src/rooms/object/sockets.ts'

const mib = 1_048_576

/** A socket of a runtime that does not report bufferedAmount (before workerd 1.20261117). */
function fakeSocket() {
  const sent: string[] = []
  const closed: number[] = []
  let attachment: unknown = null
  const socket = {
    readyState: WebSocket.OPEN,
    send: (text: string) => void sent.push(text),
    close: (code: number) => void closed.push(code),
    serializeAttachment: (value: unknown) => {
      attachment = structuredClone(value)
    },
    deserializeAttachment: () => attachment,
  }
  return { sent, closed, socket: socket as unknown as WebSocket }
}

function socketsOf(...opened: ReturnType<typeof fakeSocket>[]) {
  const context = {
    acceptWebSocket: () => {},
    getWebSockets: () => opened.map(({ socket }) => socket),
    getWebSocketAutoResponseTimestamp: () => null,
  }
  return new Sockets(context as unknown as DurableObjectState, limits.unread_bytes)
}

const delivery = (size: number) => ({ frames: ['x'.repeat(size)], durable: () => ['x'.repeat(size)] })

test('[E3] a session that confirms and then stops is too slow after 4 MiB; one that never confirmed is not', () => {
  const [honest, silent, old] = [fakeSocket(), fakeSocket(), fakeSocket()]
  const sockets = socketsOf()
  for (const [id, { socket }] of [['honest', honest] as const, ['silent', silent] as const, ['old', old] as const])
    sockets.accept(id, socket)
  sockets.confirmReceived('honest')
  sockets.confirmReceived('silent')
  for (let n = 0; n < 40; n++) {
    for (const id of ['honest', 'silent', 'old']) sockets.deliver(id, delivery(mib / 4))
    if (n % 4 === 3) sockets.confirmReceived('honest')
  }
  expect(sockets.drainSlow()).toEqual(['silent'])
  expect([honest, silent, old].map(({ sent }) => sent.length)).toEqual([40, 17, 40]) // 4 MiB and one frame more
  expect(sockets.backlog('silent')).toBe(17 * (mib / 4))
  sockets.close('silent', 'tooSlow', 'too slow')
  expect([silent.closed, sockets.backlog('silent')]).toEqual([[4430], 0])
})

test('[E3] a session that confirms is held to it after a hibernation, too', () => {
  const [confirms, never] = [fakeSocket(), fakeSocket()]
  confirms.socket.serializeAttachment({ v: 1, id: 'confirms', tellsTaken: true })
  never.socket.serializeAttachment({ v: 1, id: 'never' }) // as written before `recv` existed
  const sockets = socketsOf(confirms, never)
  expect(sockets.restore().map(({ id }) => id)).toEqual(['confirms', 'never'])
  for (let n = 0; n < 20; n++) for (const id of ['confirms', 'never']) sockets.deliver(id, delivery(mib))
  expect([sockets.drainSlow(), confirms.sent.length, never.sent.length]).toEqual([['confirms'], 5, 20])
})

test.each([
  [1000, [1000]],
  [4321, [4321]],
  [1005, [1000]], // no code was received, and 1005 must not be sent
  [5000, [1000]],
  [1006, [1000]], // the peer is gone, but the runtime keeps the connection until we close it
])('a close with %i is answered with %j', (code, expected) => {
  const peer = fakeSocket()
  const sockets = socketsOf()
  sockets.accept('peer', peer.socket)
  sockets.answerClose(peer.socket, code, '')
  expect(peer.closed).toEqual(expected)
  sockets.deliver('peer', delivery(10))
  expect(peer.sent).toEqual([]) // the socket is removed either way
})
