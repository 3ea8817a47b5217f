import { expect, test } from 'vitest'
import { AcceptedSocket } from '../../src/router/server-socket.ts'

// States of a socket that the tests' compatibility date does not show.

/** Half of a pair, which records what is done to it. */
class FakeSocket extends EventTarget {
  readyState = 1
  readonly calls: string[] = []

  accept(): void {
    this.calls.push('accept')
  }

  send(data: string): void {
    this.calls.push(`send ${data}`)
  }

  close(code?: number): void {
    this.calls.push(`close ${code}`)
    this.readyState = 3
  }

  /** The runtime reports the end, and the socket is then in this state. */
  end(readyState: number): void {
    this.readyState = readyState
    this.dispatchEvent(new Event('close'))
  }
}

test.each([
  ['is answered where the runtime has not done so', 2, ['accept', 'close undefined']],
  ['is not answered twice where the runtime has', 3, ['accept']],
  ['does not come from a client that vanished: nothing is sent to it any more', 1, ['accept', 'close undefined']],
])('the Close frame of a client %s', (_, readyState, calls) => {
  const socket = new FakeSocket()
  const accepted = new AcceptedSocket(socket as unknown as WebSocket, () => {})
  accepted.start(ws => ws.onClose(() => ws.send('too late')))
  socket.end(readyState)
  accepted.send('much too late')
  expect(socket.calls).toEqual(calls)
})
