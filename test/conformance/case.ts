import assert from 'node:assert/strict'
import {
  assertResponse,
  type Frame,
  type Harness,
  type RequestOptions,
  type SocketOptions,
  type TestSocket,
} from './harness.ts'

// The conformance suite tries bad input on a running server.
//
// - A *case* (this file) is one bad input and the exact reaction to it. The functions below build the common kinds:
//   a refused request, a refused upgrade, a frame that gets an error, a socket that is closed. The files `*-cases.ts`
//   list the cases, and table.ts joins the lists.
// - A *harness* (harness.ts) gives a case its own circle and new users on the server, with requests that are sent
//   exactly as written and sockets that keep what they receive until the case asks for it.
// - A *bystander* (bystander.ts) is connected to the circle all the time. After each case it checks that the log has
//   exactly the events that the case stores, that it received them all, and that the room was not restarted.
// - The *probes* (probe.ts) are the inputs that the table must contain.
//
// run-cases.ts runs the cases, for the tests (conformance.server.test.ts) and for `npm run conformance` (main.ts).

/** A bad input and the exact reaction to it. */
export type Case = {
  area: string
  input: string
  expected: string
  policy?: 'open' | 'token' // the policy it applies to; both if absent
  storedEvents?: number // how many events it adds to the circle's log; none if absent
  run(harness: Harness): Promise<unknown> // throws on another reaction; may resolve with the number of stored events
}

/** A request that is refused, with `<status> <code>`. */
export function httpCase(
  input: string,
  request: RequestOptions | ((harness: Harness) => RequestOptions),
  refusal: string,
): Case {
  const run = async (harness: Harness) =>
    assertResponse(await harness.request(typeof request === 'function' ? request(harness) : request), refusal)
  return { area: 'HTTP', input, expected: refusal, run }
}

type BodyOptions = { path?: string; headers?: Record<string, string> }

/** A JSON body that is refused, with `<status> <code>`; `path` is below the circle. */
export function bodyCase(
  input: string,
  value: unknown,
  refusal: string,
  { path = '/messages', headers = {} }: BodyOptions = {},
): Case {
  const run = async (harness: Harness) =>
    assertResponse(await harness.post(`/api/circles/${harness.circle}${path}`, value, { headers }), refusal)
  return { area: 'HTTP body', input, expected: refusal, run }
}

/** An upgrade that is refused, with `<status> <code>`. */
export function upgradeCase(input: string, path: string, refusal: string, headers = {}): Case {
  const run = async (harness: Harness) =>
    assertResponse(await harness.requestUpgrade(path.replace('{circle}', harness.circle), headers), refusal)
  return { area: 'upgrade', input, expected: refusal, run }
}

/** A frame on a native socket that gets an error with this code; the socket stays open. */
export function frameCase(input: string, sent: unknown, code: string): Case {
  const run = async (harness: Harness) => {
    await using socket = await closedAtEnd(harness.openNative())
    await socket.next(({ type }) => type === 'welcome')
    socket.send(sent)
    const answer = await socket.next(isOwnFrame)
    assert.deepEqual([answer.type, answer.data?.code], ['error', code], JSON.stringify(answer))
    assert.equal(typeof answer.data?.message, 'string')
    await assertOpen(socket)
  }
  return { area: 'native', input, expected: `${code}, open`, run }
}

/** A native command that gets an error with this code under its id. */
export function commandCase(type: string, input: string, data: unknown, code: string): Case {
  return { ...frameCase(input, { type, id: 'c1', data }, code), area: `native ${type}` }
}

/** The answer that a frame must get. */
export type ExpectedAnswer = { expected: string; matches: (answer: Frame) => boolean }

/** A frame in another dialect, and the first frame that answers it; the socket stays open. */
export function dialectCase(
  { dialect, path }: { dialect: string; path: string },
  input: string,
  sent: string | Buffer,
  { expected, matches }: ExpectedAnswer,
): Case {
  const run = async (harness: Harness) => {
    await using socket = await closedAtEnd(harness.openSocket(path.replace('{circle}', harness.circle)))
    socket.send(sent)
    const answer = await socket.next()
    assert.ok(matches(answer), JSON.stringify(answer))
    await assertOpen(socket)
  }
  return { area: dialect, input, expected: `${expected}, open`, run }
}

/** Something sent on a native socket that closes it with this code. */
export function closeCase(
  input: string,
  code: number,
  send: (socket: TestSocket) => void,
  options: Pick<SocketOptions, 'deflate'> = {},
): Case {
  const run = async (harness: Harness) => {
    const socket = await harness.openSocket(`/ws/circles/${harness.circle}`, { protocols: ['circles.v1'], ...options })
    await socket.next(({ type }) => type === 'welcome')
    send(socket)
    assert.equal((await socket.waitForClose()).code, code)
  }
  return { area: 'frame', input, expected: `close ${code}`, run }
}

/** A violation of the WebSocket protocol itself: the runtime ends that connection in its own way, and no other one. */
export function brokenFrameCase(input: string, send: (socket: TestSocket) => void): Case {
  const run = async (harness: Harness) => {
    const socket = await harness.openNative()
    await socket.next(({ type }) => type === 'welcome')
    send(socket)
    await assertOpen(await harness.openNative())
    socket.ws.terminate()
    await socket.waitForClose()
  }
  return { area: 'frame', input, expected: 'that connection alone ends', run }
}

/** A socket that `await using` closes at the end of its block. */
export async function closedAtEnd(opening: Promise<TestSocket>): Promise<TestSocket & AsyncDisposable> {
  const socket = await opening
  return Object.assign(socket, { [Symbol.asyncDispose]: () => socket.close() })
}

/** Fails unless the socket is open. The spelling of the ping makes the object answer it, not the runtime. */
export async function assertOpen(socket: TestSocket): Promise<void> {
  socket.received.splice(0)
  socket.send('{"type": "ping"}')
  await socket.next(frame => frame.type === 'pong' || frame.type === 'text' || 'error' in frame)
}

/** Returns whether a frame is about the socket itself; other users cause presence and messages. */
export function isOwnFrame({ type }: Frame): boolean {
  return type !== 'presence' && type !== 'message'
}
