import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { UnidentifiedSockets } from '../../../src/rooms/object/unidentified-sockets.ts'
import type { TokenCheckResult } from '../../../src/rooms/sessions/authenticate.ts'
import type { CallerContext } from '../../../src/rpc/channel.ts'
import { type FakeSocket, fakeSocket } from '../../support/fake-object.ts'

// How a socket ends that has not authenticated, or that has: apart from the room and its object.

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }))
afterEach(() => void vi.useRealTimers())

const caller = { channel: 'dev', principal: null, dialect: 'plain' } as unknown as CallerContext
const good = { principal: { id: 'ada' } } as unknown as TokenCheckResult

type Enter = ConstructorParameters<typeof UnidentifiedSockets>[1]['enter']

function outside({ restored = [], enter = () => null }: { restored?: FakeSocket[]; enter?: Enter } = {}) {
  const checks: PromiseWithResolvers<TokenCheckResult>[] = []
  const entered = vi.fn(enter)
  const context = { getWebSockets: () => restored, acceptWebSocket: () => {} } as unknown as DurableObjectState
  const sockets = new UnidentifiedSockets(context, {
    readToken: frame => (typeof frame === 'string' ? frame : null),
    verifyToken: () => {
      const check = Promise.withResolvers<TokenCheckResult>()
      checks.push(check)
      return check.promise
    },
    enter: entered,
    background: work => void work,
    now: () => Date.now(),
    setTimer: (run, ms) => void setTimeout(run, ms),
  })
  const connect = () => {
    const socket = fakeSocket()
    sockets.accept(socket, caller)
    return socket
  }
  const decide = async (result: TokenCheckResult) => {
    checks.shift()?.resolve(result)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { sockets, connect, decide, entered }
}

test('[A4] a token that is accepted too late opens nothing', async () => {
  const { sockets, connect, decide, entered } = outside()
  const socket = connect()
  sockets.receive(socket, 'token')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(socket.closed).toBe(4001)
  await decide(good)
  expect(entered).not.toHaveBeenCalled()
  expect(sockets.has(socket)).toBe(true)
})

test('[A4] sockets that come after others had to go have 5 s as well', async () => {
  const { connect } = outside()
  for (let round = 0; round < 3; round++) {
    const socket = connect()
    await vi.advanceTimersByTimeAsync(4_999)
    expect(socket.closed).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(socket.closed).toBe(4001)
  }
})

test('[A4] a socket that the room does not take stays outside it, and one that it takes does not', async () => {
  const { sockets, connect, decide } = outside({
    enter: (_, { channel }) => (channel === 'dev' ? ['forbidden', ''] : null),
  })
  const refused = connect()
  sockets.receive(refused, 'token')
  await decide(good)
  expect([refused.closed, sockets.has(refused)]).toEqual([4403, true])

  const other = outside()
  const taken = other.connect()
  other.sockets.receive(taken, 'token')
  await other.decide(good)
  expect([taken.closed, other.sockets.has(taken)]).toEqual([null, false])
})

test('[A4] after a wake-up, a socket that authenticated is the room’s', () => {
  const [room, waiting] = [fakeSocket(), fakeSocket()]
  room.serializeAttachment({ v: 1, id: 's1', principal: { id: 'ada' } })
  waiting.serializeAttachment({ v: 1, waiting: { caller, since: 1_000 } })
  const { sockets } = outside({ restored: [room, waiting] })
  expect([sockets.has(room), sockets.has(waiting)]).toEqual([false, true])
})

test.each<[string, TokenCheckResult, number]>([
  ['a bad token', { refused: { code: 'unauthenticated', message: 'no' } }, 4001],
  ['a token that may be good later', { refused: { code: 'rate_limited', message: 'wait', retry_after_ms: 5 } }, 1013],
  ['a token where none are taken', { ignored: true }, 4001],
])('[A4] %s closes with the code that says what to do next', async (_, result, code) => {
  const { sockets, connect, decide } = outside()
  const socket = connect()
  sockets.receive(socket, 'token')
  await decide(result)
  expect(socket.closed).toBe(code)
})
