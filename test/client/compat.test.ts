import { expect, expectTypeOf, test } from 'vitest'
import {
  type Channel,
  type ChannelState,
  type Circles,
  type CirclesClient,
  CirclesError,
  type CirclesErrorCode,
  type Connection,
  type ConnectOptions,
  connect,
  createClient,
  type Draft,
  type Link,
  type PendingMessage,
  type ProblemCode,
  type World,
} from '../../src/client/compat.ts'
import type { ClientPlatform } from '../../src/client/platform.ts'
import * as protocol from '../../src/protocol/protocol.ts'
import { fakePlatform, fakeTabs } from './fake-platform.ts'
import { fakeRoom } from './fake-room.ts'

// Every name that 0.1 published, with the arguments and results it had.

/** A platform as 0.1 took it, with tabs that share. */
function aWorld() {
  const room = fakeRoom(run => void platform.after(1, run))
  const platform = fakePlatform({ socket: room.socket })
  const tabs = fakeTabs(() => platform)
  const worldWith = (change: Partial<ClientPlatform>): World => {
    const { storage, tabs: shared, reportError, onWake, ...rest } = platform.beside(change)
    const lead = shared?.acquireLock
    const talk = (name: string, hear: (message: unknown) => void) => {
      const port = shared?.openChannel(name, hear)
      return { say: (message: unknown) => port?.post(message), end: () => port?.close() }
    }
    return { ...rest, shelf: storage, tabs: lead ? { lead, talk } : null, report: reportError, watch: onWake }
  }
  return { room, platform, tabs, worldWith }
}

/** Ada's client of 0.1 in a room, connected. */
async function aCircle(options: ConnectOptions = {}) {
  const { room, platform, worldWith } = aWorld()
  const circles = connect('http://circles.test', { name: 'ada', world: worldWith({}), ...options })
  const circle = circles.circle('lobby')
  circle.subscribe(() => {})
  await platform.advance(10)
  return { room, platform, circles, circle }
}

const commands = (room: ReturnType<typeof fakeRoom>) => room.peers[0]?.received.map(({ type, data }) => [type, data])

test('connect takes its options, and its client closes', async () => {
  const { room, platform, worldWith } = aWorld()
  const world = worldWith({ storage: platform.storage })
  const circles: Circles = connect('http://circles.test', {
    token: () => 'secret',
    account: 'ada-1',
    share: false,
    world: {
      ...world,
      fetch: async () => Response.json({ ticket: 't1' }, { status: 201 }),
    },
  })
  const circle = circles.circle('lobby')
  circle.subscribe(() => {})
  await platform.advance(10)
  expect(room.peers[0]?.protocols).toEqual(['circles.v1', 'ticket.t1'])
  circle.say('kept').catch(() => {})
  expect(platform.storage.keys('circles http://circles.test/ ada-1 circle:lobby line ')).toHaveLength(1)
  circles.close()
  expect(circle.state.connection.phase).toBe('idle')
})

test('connect without options makes a client for this runtime', () => {
  const circles = connect('http://circles.test')
  expect([circles.workspace('acme').name, circles.agent('pickle').name]).toEqual(['workspace:acme', 'agent:pickle'])
  circles.close()
})

test('share: tabs of one account share a socket, unless it is false', async () => {
  const { room, platform, tabs, worldWith } = aWorld()
  const open = (options: ConnectOptions): void => {
    const world = worldWith({ tabs: tabs.join() })
    connect('http://circles.test', { name: 'ada', world, ...options })
      .circle('lobby')
      .subscribe(() => {})
  }
  open({})
  await platform.advance(10)
  open({})
  await platform.advance(20)
  expect(room.opened).toBe(1)
  open({ share: false })
  await platform.advance(20)
  expect(room.opened).toBe(2)
})

test('a world keeps its shelf, gets errors of handlers by report, and checks by watch', async () => {
  const { room, platform, worldWith } = aWorld()
  const reported: unknown[] = []
  let wake = (): void => {}
  const world: World = {
    ...worldWith({}),
    report: error => reported.push(error),
    watch: check => {
      wake = check
      return () => {}
    },
  }
  const circle = connect('http://circles.test', { world }).circle('lobby')
  circle.on('message', () => {
    throw new Error('a bug of the page')
  })
  await platform.advance(10)
  room.post('hello')
  await platform.advance(10)
  expect(reported).toEqual([new Error('a bug of the page')])
  expect(world.shelf.get('circles http://circles.test/ guest')).toMatch(/^guest-/)
  wake()
  expect(circle.state.connection.phase).toBe('probing')
})

test('say resolves with the seq, and takes replyTo, to and meta', async () => {
  const { platform, room, circle } = await aCircle()
  const said: Promise<number> = circle.say('hello', { replyTo: 1, to: 'pickle', meta: { mood: 'good' } })
  await platform.advance(10)
  expect(await said).toBe(1)
  expect(commands(room)?.at(-1)).toEqual([
    'message',
    { content: 'hello', reply_to: 1, to: 'pickle', meta: { mood: 'good' } },
  ])
})

test('remove, stop and typing send what delete, stopTurn and setTyping send', async () => {
  const { platform, room, circle } = await aCircle()
  const done = Promise.all([circle.remove(7), circle.stop('t1')])
  circle.typing(true)
  await platform.advance(10)
  expect(await done).toEqual([undefined, undefined])
  expect(commands(room)).toEqual([
    ['delete', { seq: 7 }],
    ['stop', { turn: 't1' }],
    ['typing', { active: true }],
  ])
})

test('older loads the page before the oldest entry', async () => {
  const { room, platform, worldWith } = aWorld()
  for (let line = 1; line <= 60; line++) room.post(`line ${line}`)
  const circle = connect('http://circles.test', { name: 'ada', world: worldWith({}) }).circle('lobby')
  circle.subscribe(() => {})
  await platform.advance(10)
  expect(circle.state).toMatchObject({ oldest: 11, older: 'some', trimmed: false })
  await Promise.all([circle.older(5), platform.advance(10)])
  expect(circle.state).toMatchObject({ oldest: 6, older: 'some', trimmed: false })
})

test('check asks a live connection whether it is still there; close ends it and what waits for it', async () => {
  const { room, platform, circle } = await aCircle()
  circle.check()
  expect(circle.state.connection.phase).toBe('probing')
  await platform.advance(10)
  expect(circle.state.connection.phase).toBe('live')
  room.intercept = () => 'drop'
  const said = circle.say('hello').catch((error: unknown) => error)
  circle.close()
  expect(await said).toEqual(new CirclesError('closed', 'The channel was disconnected.'))
  expect(circle.state.connection.phase).toBe('idle')
})

test('the state has the fields of 0.1 beside the present ones', async () => {
  const { room, platform, circle } = await aCircle()
  room.intercept = () => 'drop'
  circle.say('mine').catch(() => {})
  room.broadcast('typing', { user_id: 'guest:bob', user_name: 'bob', active: true })
  room.broadcast('read', { user_id: 'guest:bob', seq: 0 })
  await platform.advance(10)
  const { state } = circle
  expect(state.me).toEqual({ id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member' })
  expect(state.drafts).toMatchObject([{ data: { content: 'mine' }, state: 'sending' }])
  expect(state.typists).toMatchObject([{ user_id: 'guest:bob', user_name: 'bob' }])
  expect([...state.reads]).toEqual([['guest:bob', 0]])
  expect(state.read).toBe(0)
  expect([state.oldest, state.older, state.trimmed]).toEqual([1, 'none', false])
  for (const [old, present] of [
    [state.me, state.self],
    [state.drafts, state.pending],
    [state.reads, state.readBy],
    [state.read, state.lastRead],
    [state.typists, state.typing],
  ])
    expect(old).toEqual(present)
})

test('a state and its connection are the same objects until they change', async () => {
  const { room, platform, circle } = await aCircle()
  const before = circle.state
  expect(circle.state).toBe(before)
  room.post('hello')
  await platform.advance(10)
  expect(circle.state).not.toBe(before)
  expect(circle.state.connection.phase).toBe('live')
  expect(circle.state.me).toBe(before.me)
})

test('typists are those of 0.1: also who has just sent a message, and may go on', async () => {
  const { room, platform, circle } = await aCircle()
  room.broadcast('typing', { user_id: 'guest:bob', user_name: 'bob', active: true })
  await platform.advance(10)
  room.post('hello')
  await platform.advance(10)
  expect(circle.state.typists).toHaveLength(1)
  expect(circle.state.typing).toEqual([])
})

test('a connection has the fields of 0.1 beside the present ones', async () => {
  const { platform, room, circle } = await aCircle()
  const live: Connection = circle.state.connection
  expect(live).toMatchObject({ phase: 'live', down: null, doubt: false, pause: 0 })
  expect(live.heard).toBe(live.receivedAt)
  const now = platform.now()
  room.peers[0]?.close(4429, 'come back in 7 s')
  await platform.advance(1)
  const { connection } = circle.state
  expect(connection).toMatchObject({ phase: 'waiting', down: now + 1, doubt: false, pause: 7_000 })
})

test('createClient of this entry gives the same channels, so that a program can move name by name', async () => {
  const { room, platform } = aWorld()
  const client: CirclesClient = createClient('http://circles.test', { name: 'ada', platform })
  const circle: Channel = client.circle('lobby')
  const both = Promise.all([circle.send('one'), circle.say('two')])
  await platform.advance(30)
  expect(await both).toEqual([{ id: expect.any(String), seq: 1 }, 2])
  expect(room.log).toHaveLength(2)
  client.close()
})

test('the types of 0.1 are those of the present names', () => {
  expectTypeOf<Draft>().toEqualTypeOf<PendingMessage>()
  expectTypeOf<ProblemCode>().toEqualTypeOf<CirclesErrorCode>()
  expectTypeOf<Circles>().toEqualTypeOf<CirclesClient>()
  expectTypeOf<Link>().toHaveProperty('check').toEqualTypeOf<() => void>()
  expectTypeOf<World>().toHaveProperty('shelf').toEqualTypeOf<ClientPlatform['storage']>()
  expectTypeOf<ChannelState>().toHaveProperty('drafts').toEqualTypeOf<readonly PendingMessage[]>()
})

test('circles-rooms/protocol exports every value of 0.1', () => {
  expect(Object.keys(protocol)).toEqual(
    expect.arrayContaining([
      ...['canonicalName', 'channelKind', 'closeCodes', 'commandData', 'errorCode', 'eventData', 'limits', 'nextAfter'],
      ...['parseChannel', 'personRole', 'role', 'subprotocol', 'ticketPrefix', 'turnPart', 'turnRequest', 'user'],
    ]),
  )
})

test('circles-rooms/protocol reads channels, names and close codes as it did', () => {
  expect(protocol.parseChannel('circle:Dev')).toEqual({ kind: 'circle', name: 'dev' })
  expect(protocol.parseChannel('moon:base')).toBe(null)
  expect([protocol.canonicalName('Dev'), protocol.nextAfter(4410)]).toEqual(['dev', 'never'])
})

test('circles-rooms/protocol exports every type of 0.1, and those of one command, one event and all frames', () => {
  type Published = [
    ...[protocol.ChannelKind, protocol.ChannelName, protocol.CloseName, protocol.Next, protocol.Command],
    ...[protocol.CommandData<'message'>, protocol.CommandType, protocol.Configuration, protocol.ErrorCode],
    ...[protocol.HttpErrorBody, protocol.Refusal, protocol.EventData, protocol.EventType, protocol.LoggedEvent],
    ...[protocol.AgentInfo, protocol.CircleInfo, protocol.EphemeralData, protocol.EphemeralType, protocol.LiveTurn],
    ...[protocol.Member, protocol.Welcome, protocol.Limits, protocol.PersonRole, protocol.Role, protocol.User],
    ...[protocol.TurnPart, protocol.TurnRequest],
  ]
  expectTypeOf<Published>().toBeArray()
  expectTypeOf<protocol.CommandOf<'edit'>['data']>().toEqualTypeOf<protocol.CommandData<'edit'>>()
  expectTypeOf<protocol.EventOf<'message'>['data']>().toEqualTypeOf<protocol.EventData<'message'>>()
  expectTypeOf<protocol.LoggedEvent>().toExtend<protocol.ServerFrame>()
})
