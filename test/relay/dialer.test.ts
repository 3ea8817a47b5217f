import { expect, test } from 'vitest'
import { type DialedSocket, Dialer } from '../../src/relay/dialer.ts'

/** A socket whose other end is this test. */
class FakeSocket extends EventTarget {
  readonly sent: string[] = []
  isClosed = false

  send(text: string): void {
    if (this.isClosed) throw new TypeError('closed')
    this.sent.push(text)
  }

  close(): void {
    this.isClosed = true
  }

  brings(text: string): void {
    this.dispatchEvent(new MessageEvent('message', { data: text }))
  }

  ends(): void {
    this.dispatchEvent(new Event('close'))
  }
}

function aDialer() {
  const calls: string[] = []
  const dials: PromiseWithResolvers<FakeSocket | null>[] = []
  const dialer = new Dialer({
    open() {
      const dial = Promise.withResolvers<FakeSocket | null>()
      dials.push(dial)
      return dial.promise as Promise<DialedSocket | null>
    },
    opened: () => void calls.push('opened'),
    received: text => void calls.push(text),
    lost: () => void calls.push('lost'),
  })
  /** Dials, and the circle answers. */
  const connect = async () => {
    const dialed = dialer.dial()
    const socket = new FakeSocket()
    dials.at(-1)?.resolve(socket)
    await dialed
    return socket
  }
  return { dialer, dials, connect, take: () => calls.splice(0) }
}

test('events have one source: what an earlier connection brings, or its end, reaches nobody', async () => {
  const { dialer, connect, take } = aDialer()
  const [first, second] = [await connect(), await connect()]
  expect([take(), first.isClosed]).toEqual([['opened', 'opened'], true])
  first.brings('an event')
  first.ends()
  second.brings('the same event')
  dialer.send('text')
  expect([take(), first.sent, second.sent]).toEqual([['the same event'], [], ['text']])
  second.ends()
  second.ends()
  second.brings('late')
  expect(take()).toEqual(['lost'])
})

test('a dial that was given up is not answered, and a socket that it still brings is closed', async () => {
  const { dialer, dials, take } = aDialer()
  const [first, second] = [dialer.dial(), dialer.dial()]
  const socket = new FakeSocket()
  dials[0]?.resolve(socket)
  dials[1]?.reject(new Error('not reached'))
  await Promise.all([first, second])
  expect([take(), socket.isClosed]).toEqual([['lost'], true])
})

test('a circle that answers with no socket is lost', async () => {
  const { dialer, dials, take } = aDialer()
  const dialed = dialer.dial()
  dials[0]?.resolve(null)
  await dialed
  expect(take()).toEqual(['lost'])
})

test('after it has hung up nothing is sent, and a socket that is closing breaks nothing', async () => {
  const { dialer, connect, take } = aDialer()
  const socket = await connect()
  socket.close()
  dialer.send('into the void')
  dialer.hangUp()
  dialer.send('later')
  socket.brings('late')
  expect([take(), socket.sent]).toEqual([['opened'], []])
})
