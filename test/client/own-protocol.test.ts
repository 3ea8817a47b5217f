import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type Channel, createClient } from '../../src/client/client.ts'
import { type ClientPlatform, memoryStorage } from '../../src/client/platform.ts'
import { defineProtocol } from '../../src/protocol/define-protocol.ts'
import { type CircleFixture, setUpCircle } from './fixtures.ts'

const polls = defineProtocol({
  events: { poll_created: z.strictObject({ question: z.string(), options: z.array(z.string()) }) },
  commands: {
    create_poll: { role: 'member', data: z.strictObject({ question: z.string() }) },
    vote: { role: 'member', data: z.strictObject({ poll: z.int(), option: z.int() }) },
  },
})
type Cursor = { x: number; y: number }
type Types = typeof polls & {
  presence: { cursor: Cursor | null }
  signals: { wave: 'hello' | 'bye' }
  meta: { mood: string }
}

/** The fixture's circle, with the types of polls. */
function pollsIn(fixture: CircleFixture): Channel<Types> {
  return fixture.circle as unknown as Channel<Types>
}

const received = ({ room }: CircleFixture) =>
  room.peers[0]?.received.filter(({ type }) => type !== 'history').map(({ type, data }) => [type, data])

test('an application has the types of its protocol, presence, signals and meta', () => {
  const client = createClient<Types>('http://circles.test', { name: 'ada' })
  const circle = client.circle('lobby')
  circle.on('poll_created', ({ seq, data }) => {
    expectTypeOf(seq).toEqualTypeOf<number>()
    expectTypeOf(data.options).toEqualTypeOf<string[]>()
  })
  circle.on('signal', ({ data }) => expectTypeOf(data.value).toEqualTypeOf<'hello' | 'bye'>())
  circle.on('message', ({ data }) => expectTypeOf(data.meta).toEqualTypeOf<{ mood: string } | undefined>())
  expectTypeOf(circle.state.members[0]?.state?.cursor).toEqualTypeOf<Cursor | null | undefined>()
  expectTypeOf(circle.state.presence).toEqualTypeOf<{ cursor: Cursor | null } | null>()
  const asked = circle.state.entries.flatMap(({ event }) => (event.type === 'poll_created' ? event.data.question : []))
  expectTypeOf(asked).toEqualTypeOf<string[]>()
  expectTypeOf(circle.command<'vote'>).parameters.toEqualTypeOf<['vote', { poll: number; option: number }]>()
  expectTypeOf(circle.setPresence).parameter(0).toEqualTypeOf<{ cursor: Cursor | null }>()
  // @ts-expect-error: there is no such command
  const wrong = () => circle.command('message', {})
  // @ts-expect-error: nor such a value
  const odd = () => circle.signal('wave', 'hey')
  expect([wrong, odd]).toHaveLength(2)
  client.disconnect()
})

test('a command is sent in one order with messages, and resolves with the seq of what it stored', async () => {
  const fixture = setUpCircle()
  const { platform, room, open } = fixture
  const circle = pollsIn(fixture)
  await open()
  room.intercept = (_, { type, id = '' }) => (type === 'vote' ? { type: 'ack', data: { id, seq: 7 } } : 'accept')
  const done = [circle.send('before'), circle.command('vote', { poll: 12, option: 1 }), circle.send('after')]
  expect(circle.state.pending.map(({ data }) => data.content)).toEqual(['before', 'after'])
  await platform.advance(50)
  expect((await Promise.all(done)).map(({ seq }) => seq)).toEqual([1, 7, 2])
  expect(received(fixture)).toEqual([
    ['message', { content: 'before' }],
    ['vote', { poll: 12, option: 1 }],
    ['message', { content: 'after' }],
  ])
})

test('[L3] a command without a reply is sent again under its id, after a break and after a reload', async () => {
  const storage = memoryStorage()
  const fixture = setUpCircle({ change: { storage } })
  const { platform, room, open } = fixture
  const ids: (string | undefined)[] = []
  room.intercept = (_, { type, id = '' }) => {
    if (type !== 'vote') return 'accept'
    ids.push(id)
    return ids.length < 3 ? 'drop' : { type: 'ack', data: { id, seq: 3, duplicate: true } }
  }
  await open()
  const vote = pollsIn(fixture).command('vote', { poll: 12, option: 1 })
  await platform.advance(10)
  room.peers[0]?.close(1006)
  await platform.advance(2_000)
  fixture.circles.disconnect()
  await expect(vote).rejects.toMatchObject({ code: 'closed' })
  const again = setUpCircle({ change: { storage, socket: room.socket, after: platform.after, now: platform.now } })
  again.circle.subscribe(() => {})
  await again.platform.advance(0)
  await platform.advance(100)
  expect([ids.length, new Set(ids).size]).toEqual([3, 1])
  expect(storage.keys('circles').filter(key => key.includes(' line '))).toEqual([])
})

test('a command that is refused, or could not be accepted, rejects and is not kept', async () => {
  const storage = memoryStorage()
  const fixture = setUpCircle({ change: { storage } })
  const { platform, room, open } = fixture
  const circle = pollsIn(fixture)
  await open()
  room.intercept = (_, { type, id = '' }) =>
    type === 'vote' ? { type: 'error', data: { id, code: 'not_found', message: 'There is no such poll.' } } : 'accept'
  const refused = circle.command('vote', { poll: 12, option: 1 }).catch(error => error)
  const large = circle.command('create_poll', { question: 'x'.repeat(70_000) }).catch(error => error)
  const next = circle.send('next')
  await platform.advance(50)
  expect([await refused, await large]).toMatchObject([{ code: 'not_found' }, { code: 'too_large' }])
  expect((await next).seq).toBe(1)
  expect(storage.keys('circles').filter(key => key.includes(' line '))).toEqual([])
})

test('an own event comes in order with messages, and is an entry', async () => {
  const fixture = setUpCircle()
  const { platform, room, open } = fixture
  const circle = pollsIn(fixture)
  await open()
  const seen: unknown[] = []
  circle.on('poll_created', ({ seq, data }) => seen.push([seq, data.question]))
  circle.on('message', ({ seq }) => seen.push(seq))
  room.post('first')
  room.append('poll_created', { question: 'Tea?', options: ['yes', 'no'] })
  room.post('last')
  await platform.advance(10)
  expect(seen).toEqual([1, [2, 'Tea?'], 3])
  expect(circle.state.entries.map(({ event }) => event.type)).toEqual(['message', 'poll_created', 'message'])
})

test('presence is known at once as it was set last, and one key can be changed', async () => {
  const fixture = setUpCircle()
  const { platform, open } = fixture
  const circle = pollsIn(fixture)
  await open()
  expect(circle.state.presence).toBeNull()
  circle.setPresence({ cursor: null })
  circle.updatePresence(state => ({ cursor: state?.cursor === null ? { x: 1, y: 2 } : null }))
  expect(circle.state.presence).toEqual({ cursor: { x: 1, y: 2 } })
  circle.updatePresence({ cursor: { x: 3, y: 4 } })
  await platform.advance(10)
  expect(received(fixture)?.at(-1)).toEqual(['presence', { state: { cursor: { x: 3, y: 4 } } }])
})

test('a client of a path below the page’s origin finds its circles there', async () => {
  Object.defineProperty(globalThis, 'location', { value: { href: 'https://page.test/team/1' }, configurable: true })
  try {
    const { platform, room } = setUpCircle()
    const opened: string[] = []
    const socket: ClientPlatform['socket'] = (url, protocols) => {
      opened.push(url)
      return room.socket(url, protocols)
    }
    const client = createClient<Types>('/rooms', { name: 'ada', platform: platform.beside({ socket }) })
    client.circle('dev').subscribe(() => {})
    await platform.advance(10)
    expect(opened).toEqual(['wss://page.test/rooms/ws/circles/dev?name=ada'])
    client.disconnect()
  } finally {
    Reflect.deleteProperty(globalThis, 'location')
  }
})
