import { expect, test } from 'vitest'
import { limits } from '../../../src/protocol/limits.ts'
import { Sockets } from '../../../src/rooms/object/sockets.ts'

const mib = 1_048_576

/** A socket as a runtime has it that does not tell what is on its way (before workerd 1.20261117). */
function aSocket() {
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

function someSockets(...opened: ReturnType<typeof aSocket>[]) {
  const context = {
    acceptWebSocket: () => {},
    getWebSockets: () => opened.map(({ socket }) => socket),
    getWebSocketAutoResponseTimestamp: () => null,
  }
  return new Sockets(context as unknown as DurableObjectState, limits.unread_bytes)
}

const mail = (size: number) => ({ frames: ['x'.repeat(size)], durable: () => ['x'.repeat(size)] })

test('[E3] who says what it takes, and stops saying it, is too slow after 4 MiB; who never said it is not', () => {
  const [honest, silent, old] = [aSocket(), aSocket(), aSocket()]
  const sockets = someSockets()
  for (const [id, { socket }] of [['honest', honest] as const, ['silent', silent] as const, ['old', old] as const])
    sockets.accept(id, socket)
  sockets.confirmReceived('honest')
  sockets.confirmReceived('silent')
  for (let n = 0; n < 40; n++) {
    for (const id of ['honest', 'silent', 'old']) sockets.deliver(id, mail(mib / 4))
    if (n % 4 === 3) sockets.confirmReceived('honest')
  }
  expect(sockets.drainSlow()).toEqual(['silent'])
  expect([honest, silent, old].map(({ sent }) => sent.length)).toEqual([40, 17, 40]) // 4 MiB and one frame more
  expect(sockets.backlog('silent')).toBe(17 * (mib / 4))
  sockets.close('silent', 'tooSlow', 'too slow')
  expect([silent.closed, sockets.backlog('silent')]).toEqual([[4430], 0])
})

test('[E3] who says what it takes is held to it after a hibernation, too', () => {
  const [tells, not] = [aSocket(), aSocket()]
  tells.socket.serializeAttachment({ v: 1, id: 'tells', tellsTaken: true })
  not.socket.serializeAttachment({ v: 1, id: 'not' }) // as it was written before there was `recv`
  const sockets = someSockets(tells, not)
  expect(sockets.restore().map(({ id }) => id)).toEqual(['tells', 'not'])
  for (let n = 0; n < 20; n++) for (const id of ['tells', 'not']) sockets.deliver(id, mail(mib))
  expect([sockets.drainSlow(), tells.sent.length, not.sent.length]).toEqual([['tells'], 5, 20])
})

test.each([
  [1000, [1000]],
  [4321, [4321]],
  [1005, [1000]], // said nothing, and may not be said
  [5000, [1000]],
  [1006, [1000]], // nobody is there, but the runtime keeps the connection until we close it
])('a close with %i is answered with %j', (code, answer) => {
  const peer = aSocket()
  const sockets = someSockets()
  sockets.accept('peer', peer.socket)
  sockets.answerClose(peer.socket, code, '')
  expect(peer.closed).toEqual(answer)
  sockets.deliver('peer', mail(10))
  expect(peer.sent).toEqual([]) // it is gone either way
})
