import assert from 'node:assert/strict'
import { type Ask, assertReply, type Frame, type Lab, type Line, type Opening } from './harness.ts'

/** A bad input and the exact reaction to it. `stores`: how many events it leaves in the circle's log, none unless said. */
export type Row = {
  where: string
  input: string
  reaction: string
  under?: 'open' | 'token' // the policy it is about
  stores?: number
  run(lab: Lab): Promise<unknown> // throws if the reaction is another; may say what it stored
}

type About = Pick<Row, 'under' | 'stores'>

/** A request and its refusal. */
export function http(
  input: string,
  ask: Ask | ((lab: Lab) => Ask),
  status: number,
  code: string | null,
  about: About = {},
): Row {
  const run = async (lab: Lab) => assertReply(await lab.ask(typeof ask === 'function' ? ask(lab) : ask), status, code)
  return { where: 'HTTP', input, reaction: `${status} ${code ?? ''}`.trim(), run, ...about }
}

/** A JSON body and its refusal. `path` is below the circle. */
export function body(input: string, path: string, value: unknown, status: number, code: string, headers = {}): Row {
  const run = async (lab: Lab) =>
    assertReply(await lab.post(`/api/circles/${lab.circle}${path}`, value, { headers }), status, code)
  return { where: 'HTTP body', input, reaction: `${status} ${code}`, run }
}

/** An upgrade and its refusal. */
export function upgrade(input: string, path: string, status: number, code: string | null, headers = {}): Row {
  const run = async (lab: Lab) => {
    assertReply(await lab.knock(path.replace('{circle}', lab.circle), headers), status, code)
  }
  return { where: 'upgrade', input, reaction: `${status} ${code ?? ''}`.trim(), run }
}

/** A frame on a native socket, and the code of the error it is told; the socket stays open. */
export function frame(input: string, sent: unknown | ((lab: Lab) => unknown), code: string): Row {
  const run = async (lab: Lab) => {
    await using line = await leaving(lab.native())
    await line.next(({ type }) => type === 'welcome')
    line.send(typeof sent === 'function' ? sent(lab) : sent)
    const answer = await line.next(isNotOfOthers)
    assert.deepEqual([answer.type, answer.data?.code], ['error', code], JSON.stringify(answer))
    assert.equal(typeof answer.data?.message, 'string')
    await stillOpen(line)
  }
  return { where: 'native', input, reaction: `${code}, open`, run }
}

/** A native command and the code of the error it is told, under its id. */
export function command(type: string, input: string, data: unknown, code: string): Row {
  const row = frame(input, { type, id: 'c1', data }, code)
  return { ...row, where: `native ${type}` }
}

/** A frame in another dialect and the first frame that answers it; the socket stays open. */
export function other(
  where: string,
  open: { path: string; opening?: Opening },
  input: string,
  sent: string | Buffer,
  fits: (answer: Frame) => boolean,
  stores = 0,
): Row {
  const run = async (lab: Lab) => {
    await using line = await leaving(lab.open(open.path.replace('{circle}', lab.circle), open.opening))
    line.send(sent)
    const answer = await line.next()
    assert.ok(fits(answer), JSON.stringify(answer))
    await stillOpen(line)
  }
  return { where, input, reaction: 'answered as it should be, open', stores, run }
}

/** What is sent, and the close that follows. */
export function ending(
  input: string,
  code: number,
  send: (line: Line) => void,
  about: About & { deflate?: boolean } = {},
): Row {
  const { deflate = false, ...rest } = about
  const run = async (lab: Lab) => {
    const opening = { protocols: ['circles.v1'], deflate }
    const line = await lab.open(`/ws/circles/${lab.circle}`, opening)
    await line.next(({ type }) => type === 'welcome')
    send(line)
    assert.equal((await line.end()).code, code)
  }
  return { where: 'frame', input, reaction: `close ${code}`, run, ...rest }
}

/** What breaks the protocol below ours: the runtime ends that connection as it likes, and nobody else may notice. */
export function rude(input: string, send: (line: Line) => void): Row {
  const run = async (lab: Lab) => {
    const line = await lab.native()
    await line.next(({ type }) => type === 'welcome')
    send(line)
    await stillOpen(await lab.native())
    line.socket.terminate()
    await line.end()
  }
  return { where: 'frame', input, reaction: 'that connection alone ends', run }
}

/** A socket that is closed when its row is over, however that ends. */
export async function leaving(opening: Promise<Line>): Promise<Line & AsyncDisposable> {
  const line = await opening
  return Object.assign(line, { [Symbol.asyncDispose]: () => line.leave() })
}

/** Is the socket alive? The ping is spelled so that the object itself must answer it. */
export async function stillOpen(line: Line): Promise<void> {
  line.heard.splice(0)
  line.send('{"type": "ping"}')
  await line.next(frame => frame.type === 'pong' || frame.type === 'text' || 'error' in frame)
}

/** What the others do comes in between: presence, their lines. */
export function isNotOfOthers({ type }: Frame): boolean {
  return type !== 'presence' && type !== 'message'
}
