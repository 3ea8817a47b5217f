import { expect, test } from 'vitest'
import { limits } from '../../src/protocol/limits.ts'
import type { FakeRoom } from './fake-room.ts'
import { type CircleFixture, setUpCircle } from './fixtures.ts'

/** The times (ms) at which frames, or those of one type, arrive at the room. */
function arrivalsAt({ room, platform }: CircleFixture, wanted?: string): number[] {
  const arrivals: number[] = []
  room.intercept = (_, { type }) => {
    if (wanted === undefined || type === wanted) arrivals.push(platform.clock.now)
    return 'accept'
  }
  return arrivals
}

/** Takes frames from a bucket as the server does; the lowest level that it had. */
function lowestLevel(
  arrivals: number[],
  burst: number = limits.message_burst,
  perSecond: number = limits.messages_per_second,
): number {
  let level = burst
  let lowest = level
  for (const [index, at] of arrivals.entries()) {
    const seconds = (at - (arrivals[index - 1] ?? at)) / 1_000
    level = Math.min(burst, level + seconds * perSecond) - 1
    lowest = Math.min(lowest, level)
  }
  return lowest
}

const dataOf = (room: FakeRoom, type: string) =>
  room.peers[0]?.received.filter(command => command.type === type).map(({ data }) => data) ?? []

test.each(['presence', 'signal', 'typing'] as const)(
  '[E3] %s at 60 a second stays within the rate limit, and the last one arrives',
  async type => {
    const fixture = setUpCircle()
    const { platform, room, circle, open } = fixture
    const arrivals = arrivalsAt(fixture, type)
    await open()
    for (let frame = 1; frame <= 300; frame++) {
      if (type === 'presence') circle.setPresence({ cursor: frame })
      if (type === 'signal') circle.signal('cursor', frame)
      if (type === 'typing') circle.setTyping(frame % 2 === 1)
      await platform.advance(1000 / 60)
    }
    await platform.advance(2_000)
    const last = {
      presence: { state: { cursor: 300 } },
      signal: { name: 'cursor', value: 300 },
      typing: { active: false },
    }
    expect(dataOf(room, type).at(-1)).toEqual(last[type])
    expect(arrivals.length).toBeGreaterThan(130)
    expect(lowestLevel(arrivals, limits.ephemeral_burst, limits.ephemeral_per_second)).toBeGreaterThanOrEqual(0)
  },
)

test('a server without a limit for ephemeral frames counts them as messages', async () => {
  const { ephemeral_per_second: _rate, ephemeral_burst: _burst, ...older } = limits
  const fixture = setUpCircle()
  fixture.room.limits = older as typeof limits
  const arrivals = arrivalsAt(fixture)
  await fixture.open()
  for (let frame = 1; frame <= 300; frame++) {
    fixture.circle.setPresence({ cursor: frame })
    await fixture.platform.advance(1000 / 60)
  }
  await fixture.platform.advance(2_000)
  expect(dataOf(fixture.room, 'presence').at(-1)).toEqual({ state: { cursor: 300 } })
  expect(arrivals.length).toBeGreaterThan(45)
  expect(lowestLevel(arrivals)).toBeGreaterThan(8) // the rest is left to messages
})

test('signals of another name, or to another user, are not replaced', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  for (let count = 1; count <= 60; count++) circle.signal('flood', count)
  circle.signal('other', 1)
  circle.signal('flood', 2, 'guest:bob')
  await platform.advance(5_000)
  expect(dataOf(room, 'signal').slice(-3)).toEqual([
    { name: 'flood', value: 60 },
    { name: 'other', value: 1 },
    { name: 'flood', value: 2, to: 'guest:bob' },
  ])
})

test('a message does not wait for a stream of signals', async () => {
  const fixture = setUpCircle()
  const { platform, circle, open } = fixture
  await open()
  for (let frame = 1; frame <= 120; frame++) {
    circle.signal('cursor', frame)
    await platform.advance(1000 / 60)
  }
  const sent = circle.send('now')
  await platform.advance(5)
  expect((await sent).seq).toBe(1)
})

test('[E3] two hundred commands at once are all answered, within the rate limit, also after a break', async () => {
  const fixture = setUpCircle()
  const { platform, room, circle, open } = fixture
  const arrivals = arrivalsAt(fixture)
  await open()
  const edits = Promise.all(Array.from({ length: 200 }, (_, at) => circle.react(1, `${at}`)))
  await platform.advance(3_000)
  expect(lowestLevel(arrivals)).toBeGreaterThanOrEqual(0)
  room.peers[0]?.close(4429)
  arrivals.length = 0
  await platform.advance(60_000)
  await expect(edits).resolves.toHaveLength(200)
  expect(lowestLevel(arrivals)).toBeGreaterThanOrEqual(0)
})

test('[E3] bytes are counted as UTF-8', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const arrived = () => room.log.length
  for (let count = 0; count < 60; count++) circle.send('語'.repeat(10_000)).catch(() => {}) // 30 KB each
  await platform.advance(2_000)
  expect(arrived() * 30_000).toBeLessThanOrEqual(limits.bytes_per_second * 3.1)
})

test('a command that comes too fast is sent again, and a refusal for hours is reported', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  let retryAfterMs = 500
  let refusals = 1
  room.intercept = (_, { id = '' }) =>
    refusals-- > 0
      ? { type: 'error', data: { id, code: 'rate_limited', message: 'Slowly.', retry_after_ms: retryAfterMs } }
      : 'accept'
  const edited = circle.edit(1, 'x')
  await platform.advance(600)
  await expect(edited).resolves.toBeUndefined()
  retryAfterMs = 3_600_000
  refusals = 2
  const refused = [circle.edit(1, 'x'), circle.send('x')].map(promise => promise.catch(error => error))
  await platform.advance(600)
  expect(await Promise.all(refused)).toMatchObject([
    { code: 'rate_limited', retryAfterMs },
    { code: 'rate_limited', retryAfterMs },
  ])
})

test('presence that was refused is sent again', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  let refusals = 1
  room.intercept = () =>
    refusals-- > 0
      ? { type: 'error', data: { code: 'rate_limited', message: 'Slowly.', retry_after_ms: 300 } }
      : 'accept'
  circle.setPresence({ mood: 'good' })
  await platform.advance(1_000)
  expect(dataOf(room, 'presence')).toHaveLength(2)
})
