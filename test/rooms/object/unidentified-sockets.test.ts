import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { maxUnidentified } from '../../../src/rooms/object/unidentified-sockets.ts'
import { callerHeader, writeCaller } from '../../../src/rooms/sessions/caller-context.ts'
import { circleTables, type FakeSocket, fakeEnv, fakeSocket, fakeState } from '../../support/fake-object.ts'
import { start } from '../../support/test-room.ts'
import { aToken, secret } from '../../support/tokens.ts'

vi.mock('cloudflare:workers', () => ({
  DurableObject: class {
    ctx: unknown
    env: unknown
    constructor(ctx: unknown, env: unknown) {
      this.ctx = ctx
      this.env = env
    }
  },
}))
const { ChannelObjectBase } = await import('../../../src/rooms/object/channel-object-base.ts')

const opened: FakeSocket[] = []
const work: Promise<unknown>[] = []

beforeEach(() => {
  opened.splice(0)
  work.splice(0)
  vi.useFakeTimers({ now: start })
  vi.stubGlobal('WebSocketRequestResponsePair', class {})
  vi.stubGlobal(
    'WebSocketPair',
    class {
      0 = null
      1 = fakeSocket()
      constructor() {
        opened.push(this[1])
      }
    },
  )
  // Node makes no response of 101.
  const plain = Response
  const NodeResponse = class extends plain {
    constructor(body: BodyInit | null, init: ResponseInit = {}) {
      super(body, init.status === 101 ? { ...init, status: 200 } : init)
    }
  }
  vi.stubGlobal('Response', NodeResponse)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** An object whose storage and bindings throw at every use while `sealed`, with the names of what was used. */
function sealedObject() {
  const used: string[] = []
  const state = fakeState('dev')
  const isSealed = { value: true }
  const guard = <Value extends object>(value: Value, name: string, free: RegExp): Value =>
    new Proxy(value, {
      get(target, key) {
        if (isSealed.value && !free.test(String(key))) {
          used.push(`${name}.${String(key)}`)
          throw new Error(`${name}.${String(key)} was used for somebody who is not identified`)
        }
        return Reflect.get(target, key)
      },
    })
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise)
  const context = { ...state, storage: guard(state.storage, 'storage', /^$/), setWebSocketAutoResponse() {}, waitUntil }
  const settings = { ...fakeEnv(), AUTH: 'token', AUTH_SECRET: secret, PASSES: registry(used) } as Env
  const env = guard(settings, 'env', /^(AUTH|LIMITS|LOG|TICKET|ALLOWED)/)
  const wake = () => new ChannelObjectBase(context as unknown as DurableObjectState, env, circleTables)
  return { used, wake, unseal: () => void Object.assign(isSealed, { value: false }) }
}

function registry(used: string[]) {
  const show = async (tokens: { user: string }[]) => tokens.map(({ user }) => used.push(`shown ${user}`) > 0)
  return { getByName: () => ({ show }) } as unknown as Env['PASSES']
}

type ChannelObject = InstanceType<typeof ChannelObjectBase>

async function connect(object: ChannelObject): Promise<{ status: number; socket: FakeSocket }> {
  const parts = { principal: null, agent: null, ticket: null, since: null, epoch: null } as const
  const header = writeCaller({ channel: 'dev', dialect: 'plain', ...parts })
  const { status } = await object.fetch(new Request('https://channel/', { headers: { [callerHeader]: header } }))
  const socket = opened.at(-1)
  if (socket === undefined) throw new Error('no socket was made')
  return { status, socket }
}

/** Waits for what the object does in the background. */
async function settle() {
  while (work.length > 0) await work.shift()
  await vi.advanceTimersByTimeAsync(0)
}
const auth = (token: string) => JSON.stringify({ type: 'auth', token })
const closes = [4001, 4001, 4001, 4001, 4001, 4001, 4001, 4001, 1009]

test('[A4] whoever has not authenticated uses no storage and calls no object, whatever they send', async () => {
  const { wake, used } = sealedObject()
  const object = wake()
  const firstFrames = [
    'hi',
    '{"type":"message","content":"hi"}',
    '{"type":"ping" }',
    '{"type":"auth"}',
    auth('bad'),
    auth(await aToken(start, { channels: {} })),
    auth(await aToken(start, { exp: start / 1000 - 1 })),
    new ArrayBuffer(3),
    'x'.repeat(1_048_577),
  ]
  const sockets: FakeSocket[] = []
  for (const frame of firstFrames) {
    const { status, socket } = await connect(object)
    expect(status).toBe(200)
    sockets.push(socket)
    object.webSocketMessage(socket, frame)
    object.webSocketMessage(socket, 'and more') // also after it was closed
  }
  await settle()
  for (const socket of sockets) {
    object.webSocketMessage(socket, auth(await aToken(start)))
    object.webSocketClose(socket, 1006, '')
    object.webSocketError(socket)
  }
  await settle()
  expect([sockets.map(({ closed }) => closed), sockets.flatMap(({ sent }) => sent), used]).toEqual([closes, [], []])
})

test('[A4] at most a hundred sockets of a channel wait to authenticate, each for 5 s', async () => {
  const { wake, used } = sealedObject()
  const object = wake()
  const sockets: FakeSocket[] = []
  for (let count = 0; count < maxUnidentified; count++) sockets.push((await connect(object)).socket)
  expect((await connect(object)).status).toBe(503)
  await vi.advanceTimersByTimeAsync(4_999)
  expect(new Set(sockets.map(({ closed }) => closed))).toEqual(new Set([null]))
  await vi.advanceTimersByTimeAsync(1)
  expect(new Set(sockets.map(({ closed }) => closed))).toEqual(new Set([4001]))
  expect((await connect(object)).status).toBe(200)
  expect(used).toEqual([])
})

test('[A4] a socket that waits stays outside when the object wakes up again, and its time goes on', async () => {
  const { wake, used } = sealedObject()
  const first = wake()
  const [late, wrong, gone] = [await connect(first), await connect(first), await connect(first)]
  await vi.advanceTimersByTimeAsync(2_000)
  const second = wake()
  second.webSocketMessage(wrong.socket, 'hi')
  second.webSocketClose(gone.socket, 1001, '')
  await vi.advanceTimersByTimeAsync(2_999)
  expect([late, wrong, gone].map(({ socket }) => socket.closed)).toEqual([null, 4001, 1001])
  await vi.advanceTimersByTimeAsync(1)
  expect(late.socket.closed).toBe(4001)
  const third = wake()
  for (const { socket } of [late, wrong, gone]) {
    third.webSocketMessage(socket, auth(await aToken(start)))
    third.webSocketClose(socket, 1006, '')
  }
  await settle()
  expect(used).toEqual([])
})

test('[A4] a good token opens the room, with the frames that came meanwhile, also after a wake-up', async () => {
  const { wake, used, unseal } = sealedObject()
  const { socket } = await connect(wake())
  const object = wake()
  unseal()
  object.webSocketMessage(socket, auth(await aToken(start)))
  for (const content of ['one', 'two']) object.webSocketMessage(socket, JSON.stringify({ content }))
  await settle()
  object.webSocketMessage(socket, 'three')
  await settle()
  expect(used).toEqual(['shown ada'])
  const texts = socket.sent.flatMap(text => JSON.parse(text)).map(({ content }) => content)
  expect([texts, socket.closed]).toEqual([['one', 'two', 'three'], null])
  expect(socket.deserializeAttachment()).toMatchObject({ principal: { id: 'ada' } })
})

test('[A4] too many frames before the token is checked close the socket', async () => {
  const { wake, used } = sealedObject()
  const object = wake()
  const [many, long] = [await connect(object), await connect(object)]
  object.webSocketMessage(many.socket, auth('x'))
  for (let count = 0; count < 21; count++) object.webSocketMessage(many.socket, 'x')
  object.webSocketMessage(long.socket, auth('x'))
  for (let count = 0; count < 2; count++) object.webSocketMessage(long.socket, 'x'.repeat(40_000))
  expect([many.socket.closed, long.socket.closed, used]).toEqual([4001, 4001, []])
})

test('[A4] [A5] [E3] what refuses an upgrade closes a socket that authenticates later', async () => {
  const { wake, unseal } = sealedObject()
  const object = wake()
  unseal()
  const authenticate = async (sub: string, role = 'member') => {
    const { socket } = await connect(object)
    object.webSocketMessage(socket, auth(await aToken(start, { sub, channels: { 'circle:dev': role } })))
    await settle()
    return socket.closed
  }
  expect(await authenticate('rita', 'reader')).toBe(4404) // nobody has made this circle
  const ada: (number | null)[] = []
  for (let count = 0; count < 11; count++) ada.push(await authenticate('ada'))
  expect(ada).toEqual([...Array<null>(10).fill(null), 4429])
  expect(await authenticate('rita', 'reader')).toBeNull()
  const principal = { id: 'mod', name: 'Mod', kind: 'person', role: 'moderator', expires: null } as const
  const mod = {
    channel: 'dev',
    principal,
    dialect: 'native',
    agent: null,
    ticket: null,
    since: null,
    epoch: null,
  } as const
  object.manage(mod, { do: 'change', user: 'eve', change: { banned: true } })
  expect(await authenticate('eve')).toBe(4403)
})
