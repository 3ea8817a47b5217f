import { expect, test } from 'vitest'
import { TestRoom } from '../../support/test-room.ts'

const contents = (frames: { type: string; data: unknown }[]) =>
  frames.flatMap(({ type, data }) => (type === 'message' ? [(data as { content: string }).content] : []))
const texts = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `m${index + from}`)

function newRoom() {
  const room = new TestRoom()
  const ada = room.open('ada', { dialect: 'plain' })
  const bob = room.open('bob')
  room.take(bob)
  return { room, ada, bob }
}

test('[E3] 50 frames of a plain socket at once are all stored, once and in order, as fast as the limit allows', () => {
  const { room, ada, bob } = newRoom()
  for (const text of texts(50)) room.send(ada, text)
  expect(contents(room.take(bob))).toEqual(texts(20))
  room.advance(1_000)
  const second = contents(room.take(bob))
  expect(second.length).toBeGreaterThanOrEqual(9)
  expect(second.length).toBeLessThanOrEqual(10)
  room.advance(2_100)
  expect([...second, ...contents(room.take(bob))]).toEqual(texts(30, 21))
  expect(ada.closed).toBeNull()
  expect(room.room.context.bursts.nextTick()).toBeNull()
})

test('[E3] a frame that comes while others wait is received after them', () => {
  const { room, ada, bob } = newRoom()
  for (const text of texts(22)) room.send(ada, text)
  room.advance(150)
  room.send(ada, 'm23')
  room.advance(1_000)
  expect(contents(room.take(bob))).toEqual(texts(23))
})

test('[E3] beyond 128 frames or 64 KiB, frames are refused, and the third refusal closes with 4429', () => {
  const { room, ada } = newRoom()
  for (const text of texts(20 + 128)) room.send(ada, text)
  expect(ada.closed).toBeNull()
  for (const text of texts(2)) room.send(ada, text)
  expect(room.take(ada).filter(({ type }) => type === 'error')).toHaveLength(2)
  room.send(ada, 'one too many')
  expect(ada.closed).toBe(4429)

  const other = newRoom()
  for (let n = 0; n < 20; n++) other.room.send(other.ada, 'x')
  other.room.send(other.ada, 'y'.repeat(32_000))
  other.room.send(other.ada, 'y'.repeat(32_000))
  expect(other.room.take(other.ada).filter(({ type }) => type === 'error')).toEqual([])
  other.room.send(other.ada, 'y'.repeat(32_000))
  expect(other.room.take(other.ada)).toMatchObject([{ type: 'error', data: { code: 'rate_limited' } }])
})

test('[E3] what waits when the connection ends is still stored, and counts for the next connection', () => {
  const { room, ada, bob } = newRoom()
  for (const text of texts(50)) room.send(ada, text)
  room.disconnect(ada)
  expect(contents(room.take(bob))).toEqual(texts(50))

  // They were taken in advance: whoever reconnects at once waits for them.
  const again = room.open('ada', { dialect: 'plain' })
  room.send(again, 'at once')
  expect(contents(room.take(bob))).toEqual([])
  room.advance(2_000)
  expect(contents(room.take(bob))).toEqual(['at once'])
})

test('[E3] what waits of somebody who is banned is not stored', () => {
  const { room, ada, bob } = newRoom()
  for (const text of texts(30)) room.send(ada, text)
  room.manageMembers('olga', { do: 'change', user: 'ada', change: { banned: true } }, 'owner')
  expect(ada.closed).toBe(4403)
  room.advance(5_000)
  expect(contents(room.take(bob))).toEqual(texts(20))
})

test('[E3] every frame that waited gets its own response, also one that is refused by then', () => {
  const room = new TestRoom()
  const ada = room.open('ada', { dialect: 'plain' })
  const answers = () => room.take(ada).map(({ type, data }) => (type === 'error' ? `error ${data['code']}` : type))
  room.take(ada)
  for (let n = 0; n < 20; n++) room.send(ada, { type: 'ping' })
  room.take(ada)
  for (const frame of [{ type: 'ping' }, { type: 'nope' }, { type: 'message', content: ' ' }]) room.send(ada, frame)
  room.send(ada, 'of somebody who is muted by then')
  expect(answers()).toEqual([])
  room.manageMembers('olga', { do: 'found' })
  room.manageMembers('olga', { do: 'change', user: 'ada', change: { muted: true } })
  room.take(ada)
  room.advance(2_000)
  expect(answers()).toEqual(['pong', 'error unknown_type', 'error read_only', 'error read_only'])
})
