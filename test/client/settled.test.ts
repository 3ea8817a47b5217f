import { expect, test } from 'vitest'
import type { CirclesErrorCode } from '../../src/client/client.ts'
import type { Frame } from '../../src/client/frames.ts'
import { memoryStorage } from '../../src/client/platform.ts'
import { contentsOf, setUpCircle } from './fixtures.ts'

// Every command is settled, also one that the server cannot read or that cannot be sent, and none blocks the next.

/** Keeps what becomes of a promise. */
function outcomeOf(promise: Promise<unknown>): { is: unknown } {
  const outcome: { is: unknown } = { is: 'pending' }
  promise.then(
    value => Object.assign(outcome, { is: value ?? 'done' }),
    error => Object.assign(outcome, { is: error.code ?? error }),
  )
  return outcome
}

const long = 'x'.repeat(70_000)
const deep = JSON.parse('['.repeat(20) + ']'.repeat(20))

test.each([
  ['online', true],
  ['before the first connection', false],
])('[L7] a message that is too long fails at once with its reason, %s, and the next one is sent', async (_, isOpen) => {
  const { platform, room, circle, open } = setUpCircle()
  if (isOpen) await open()
  const tooLong = outcomeOf(circle.send(long))
  const next = outcomeOf(circle.send('next'))
  await platform.advance(0)
  expect(tooLong.is).toBe('too_large')
  await platform.advance(100)
  expect(next.is).toMatchObject({ seq: 1 })
  expect(circle.state.pending).toMatchObject([
    { state: 'failed', problem: { code: 'too_large', message: 'A message has at most 32768 bytes.' } },
  ])
  expect(room.log.map(({ data }) => data)).toMatchObject([{ content: 'next' }])
})

test('[L7] a stored message that is too long loads as failed, and does not block the others', async () => {
  const storage = memoryStorage()
  const key = 'circles http://circles.test/ ada circle:lobby line'
  const stored = { seq: null, problem: null, state: 'waiting' }
  storage.set(`${key} m1`, JSON.stringify({ ...stored, id: 'm1', at: 1, data: { content: long } }))
  storage.set(`${key} m2`, JSON.stringify({ ...stored, id: 'm2', at: 2, data: { content: 'after it' } }))
  const { platform, circle, open } = setUpCircle({ change: { storage } })
  expect(circle.state.pending.map(({ id, state }) => [id, state])).toEqual([
    ['m1', 'failed'],
    ['m2', 'waiting'],
  ])
  await open()
  await platform.advance(100)
  expect(contentsOf(circle)).toEqual(['after it'])
  circle.retry('m1')
  expect(circle.state.pending).toMatchObject([{ id: 'm1', state: 'failed', problem: { code: 'too_large' } }])
  circle.discard('m1')
  expect(circle.state.pending).toEqual([])
  expect(setUpCircle({ change: { storage } }).circle.state.pending).toEqual([])
})

test('[L7] a message that exceeds the limits of this deployment fails when they are known', async () => {
  const { platform, room, circle, open } = setUpCircle()
  room.limits = { ...room.limits, content_bytes: 10, state_bytes: 10 }
  const [sent, next] = [outcomeOf(circle.send('x'.repeat(11))), outcomeOf(circle.send('next'))]
  await open()
  await platform.advance(100)
  expect([sent.is, next.is]).toEqual(['too_large', expect.objectContaining({ seq: 1 })])
  expect(() => circle.setPresence({ mood: 'good' })).toThrow('The state has at most 10 bytes.')
})

test('[L7] commands that are too large or too deep are refused before they are sent', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const before = room.peers[0]?.received.length
  const outcomes = [
    outcomeOf(circle.edit(1, long)),
    outcomeOf(circle.send('x', { meta: { a: 'x'.repeat(2_000) } })),
    outcomeOf(circle.send('x', { meta: { deep } })),
    outcomeOf(circle.react(1, 'x'.repeat(65))),
    outcomeOf(circle.approve('a1', 'x'.repeat(1_001))),
    outcomeOf(circle.authenticate('x'.repeat(8_193))),
  ]
  await platform.advance(10)
  expect(outcomes.map(({ is }) => is)).toEqual(['too_large', 'too_large', 'too_deep', 'invalid', 'invalid', 'invalid'])
  expect(() => circle.setPresence({ a: 'x'.repeat(2_000) })).toThrow(expect.objectContaining({ code: 'too_large' }))
  expect(() => circle.signal('cursor', 'x'.repeat(5_000))).toThrow(expect.objectContaining({ code: 'too_large' }))
  expect(() => circle.signal('cursor', deep)).toThrow(expect.objectContaining({ code: 'too_deep' }))
  expect(room.peers[0]?.received.length).toBe(before)
})

test('a value that JSON cannot express is refused, and blocks nothing', async () => {
  const { platform, circle, open } = setUpCircle()
  await open()
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const refused = [
    outcomeOf(circle.send('x', { meta: { n: 1n } })),
    outcomeOf(circle.send('x', { meta: cyclic })),
    outcomeOf(circle.send(1n as unknown as string)),
    outcomeOf(circle.edit(1n as unknown as number, 'x')),
    outcomeOf(circle.history({ after: 1n as unknown as number })),
  ]
  expect(() => circle.setPresence({ n: 1n })).toThrow(expect.objectContaining({ code: 'invalid' }))
  expect(() => circle.signal('x', 1n)).toThrow(expect.objectContaining({ code: 'invalid' }))
  const sent = outcomeOf(circle.send('fine'))
  await platform.advance(100)
  expect(refused.map(({ is }) => is)).toEqual(Array.from({ length: 5 }, () => 'invalid'))
  expect(sent.is).toMatchObject({ seq: 1 })
  expect(circle.state.pending).toEqual([])
})

test('what the caller does to an object after the call changes nothing', async () => {
  const { platform, room, circle, open } = setUpCircle()
  const meta: Record<string, unknown> = { a: 1 }
  const state: Record<string, unknown> = { mood: 'good' }
  const sent = outcomeOf(circle.send('x', { meta }))
  circle.setPresence(state)
  Object.assign(meta, { n: 1n })
  Object.assign(state, { n: 1n })
  await open()
  await platform.advance(100)
  expect(sent.is).toMatchObject({ seq: 1 })
  expect(room.log[0]?.data).toMatchObject({ meta: { a: 1 } })
  expect(room.peers[0]?.received.find(({ type }) => type === 'presence')?.data).toEqual({ state: { mood: 'good' } })
})

test.each(['too_large', 'too_deep', 'bad_frame', 'internal'] as const)(
  'an error without an id (%s) settles what is in flight, and the next message is sent',
  async code => {
    const { platform, room, circle, open } = setUpCircle()
    await open()
    const refusal = { type: 'error', data: { code, message: 'No.' } } as Frame
    room.intercept = () => refusal
    const [sent, edited] = [outcomeOf(circle.send('one')), outcomeOf(circle.edit(1, 'x'))]
    await platform.advance(10)
    room.intercept = () => 'accept'
    const next = outcomeOf(circle.send('two'))
    await platform.advance(100)
    expect([sent.is, edited.is]).toEqual([code, code])
    expect(next.is).toMatchObject({ seq: 1 })
    expect(circle.state.pending).toMatchObject([{ data: { content: 'one' }, state: 'failed', problem: { code } }])
  },
)

test('an error without an id about something else settles nothing', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  room.intercept = () => 'drop'
  const sent = outcomeOf(circle.send('one'))
  room.broadcast('error', { code: 'not_found', message: 'Nobody with this id is here.' })
  await platform.advance(100)
  expect([sent.is, circle.state.pending[0]?.state]).toEqual(['pending', 'sending'])
})

/** The ways to a state in which nothing can be sent, each with the code that commands reject with. */
const ends: [
  string,
  CirclesErrorCode,
  Parameters<typeof setUpCircle>[0],
  (fixture: ReturnType<typeof setUpCircle>) => void,
][] = [
  ['disconnect', 'closed', {}, ({ circle }) => circle.disconnect()],
  ['client.disconnect', 'closed', {}, ({ circles }) => circles.disconnect()],
  ['a deletion', 'ended', {}, ({ room }) => room.peers[0]?.close(4410, 'deleted')],
  ['a ban', 'ended', {}, ({ room }) => room.peers[0]?.close(4403, 'banned')],
  [
    'a guest who must sign in',
    'signed_out',
    { change: { fetch: async () => Response.json({}, { status: 401 }) }, accept: () => 1006 },
    () => {},
  ],
]

test.each(ends)('after %s every command rejects with %s, then and later', async (_, code, options, end) => {
  const fixture = setUpCircle(options)
  const { platform, room, circle } = fixture
  circle.subscribe(() => {})
  await platform.advance(10)
  room.intercept = () => 'drop'
  const all = () => [
    outcomeOf(circle.send('x')),
    outcomeOf(circle.send('y')),
    outcomeOf(circle.edit(1, 'x')),
    outcomeOf(circle.delete(1)),
    outcomeOf(circle.react(1, 'x')),
    outcomeOf(circle.history({ after: 0 })),
    outcomeOf(circle.stopTurn('t')),
    outcomeOf(circle.approve('a')),
    outcomeOf(circle.configure({ title: 'x' })),
    outcomeOf(circle.authenticate('x')),
  ]
  const before = all()
  await platform.advance(10)
  end(fixture)
  await platform.advance(60_000)
  const after = all()
  await platform.advance(0)
  const later = outcomeOf(circle.loadOlder())
  await platform.advance(60_000)
  expect([...before, ...after].map(({ is }) => is)).toEqual([...before, ...after].map(() => code))
  expect(later.is).toBe('done')
  const unsent =
    code === 'closed' ? ['waiting', 'waiting', 'failed', 'failed'] : ['failed', 'failed', 'failed', 'failed']
  expect(circle.state.pending.map(({ state }) => state)).toEqual(unsent)
  for (const { id, state } of circle.state.pending) if (state === 'failed') circle.retry(id)
  expect(circle.state.pending.filter(({ state }) => state === 'failed').map(({ problem }) => problem?.code)).toEqual(
    unsent.filter(state => state === 'failed').map(() => code),
  )
})

test('after a reconnect commands are sent again, whether or not something subscribes', async () => {
  const { platform, circle, open } = setUpCircle()
  await open()
  circle.disconnect()
  expect((await circle.send('x').catch(error => error)).code).toBe('closed')
  circle.reconnect()
  const sent = outcomeOf(circle.send('y'))
  await platform.advance(100)
  expect(sent.is).toMatchObject({ seq: 1 })
  expect(circle.state.pending).toMatchObject([{ data: { content: 'x' }, state: 'failed' }])
})

test('a channel that ended without a subscriber is tried again after reconnect', async () => {
  const { platform, room, circle } = setUpCircle()
  const first = outcomeOf(circle.send('x'))
  await platform.advance(1_000)
  room.peers[0]?.close(4410)
  await platform.advance(10)
  expect(first.is).toMatchObject({ seq: 1 })
  const refused = outcomeOf(circle.send('y'))
  circle.reconnect()
  const sent = outcomeOf(circle.send('z'))
  await platform.advance(1_000)
  expect([refused.is, sent.is]).toEqual(['ended', expect.objectContaining({ seq: 2 })])
})

test.each(['', '.', '..', 'a/b', 'x?y', '%2e%2e', 'İstanbul', 'Bad Name!', '-a', 'x'.repeat(65)])(
  '[C2] %j can be no name: the connection ends without a request',
  async name => {
    const { platform, room, circles } = setUpCircle()
    const circle = circles.circle(name)
    const outcomes = [outcomeOf(circle.send('x')), outcomeOf(circle.send('y'))]
    await platform.advance(100)
    outcomes.push(outcomeOf(circle.send('z')))
    await platform.advance(100)
    expect(outcomes.map(({ is }) => is)).toEqual(['ended', 'ended', 'ended'])
    expect(circle.state.connection).toMatchObject({ phase: 'ended', reason: { code: 'invalid_name' } })
    expect(room.opened).toBe(0)
  },
)

test('a first page that was interrupted is loaded after the next connection', async () => {
  const { platform, room, circle } = setUpCircle()
  room.post('before')
  circle.subscribe(() => {})
  await platform.advance(2)
  circle.disconnect()
  room.post('meanwhile')
  circle.reconnect()
  await platform.advance(100)
  expect(contentsOf(circle)).toEqual(['before', 'meanwhile'])
})
