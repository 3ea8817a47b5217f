import { expect, test } from 'vitest'
import { TestRoom, type TestSession } from '../../support/test-room.ts'

function newRoom() {
  const room = new TestRoom()
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  room.advance(2_000)
  room.take(ada)
  room.take(bob)
  return { room, ada, bob }
}

const valuesOf = (room: TestRoom, session: TestSession, name = 'cursor') =>
  room.take(session).flatMap(({ type, data }) => (type === 'signal' && data.name === name ? [data.value] : []))

test('[E3] presence that is set at every movement of a pointer is never refused, and the last state arrives', () => {
  const { room, ada, bob } = newRoom()
  for (let n = 1; n <= 600; n++) {
    room.command(ada, 'presence', { state: { cursor: n } }, null)
    room.advance(n % 3 === 0 ? 17 : 16) // 60 a second, for 10 s
  }
  room.advance(100)
  const states = room
    .take(bob)
    .flatMap(({ type, data }) => (type === 'presence' ? (data.changed as { state: { cursor: number } }[]) : []))
    .map(({ state }) => state.cursor)
  expect(states.at(-1)).toBe(600)
  expect(states).toEqual([...states].sort((one, other) => one - other))
  expect(states.length).toBeGreaterThan(190) // 20 a second
  expect([room.take(ada).filter(({ type }) => type === 'error'), ada.closed]).toEqual([[], null])
})

test('[E3] beyond 40 at once and 20 a second, the last signal of each name waits and replaces the one before', () => {
  const { room, ada, bob } = newRoom()
  for (let n = 1; n <= 45; n++) room.command(ada, 'signal', { name: 'cursor', value: n }, null)
  room.command(ada, 'signal', { name: 'wave', value: 'hello' }, null)
  room.command(ada, 'signal', { name: 'cursor', value: 46 }, null)
  expect(valuesOf(room, bob)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
  room.advance(50)
  expect(valuesOf(room, bob)).toEqual([46])
  room.advance(50)
  expect(valuesOf(room, bob, 'wave')).toEqual(['hello'])
  expect(room.room.context.ephemeralQueue.nextTick()).toBeNull()
})

test('[E3] ephemeral frames take nothing from messages, nor messages from them', () => {
  const { room, ada, bob } = newRoom()
  for (let n = 0; n < 300; n++) room.command(ada, 'signal', { name: 'cursor', value: n }, null)
  for (let n = 0; n < 20; n++) room.sendMessage(ada, `message ${n}`)
  expect(room.take(bob).filter(({ type }) => type === 'message')).toHaveLength(20)
  room.command(bob, 'typing', { active: true }, 't1')
  expect(room.take(bob)).toMatchObject([{ type: 'ack', data: { id: 't1' } }])
})

test('[N3] each ephemeral command with an id gets one response, also one that was replaced while it waited', () => {
  const { room, ada } = newRoom()
  for (let n = 0; n < 50; n++) room.command(ada, 'signal', { name: 'cursor', value: n }, `s${n}`)
  room.command(ada, 'signal', { name: 'cursor', value: 1, to: 'nobody' }, 'refused')
  room.advance(1_000)
  const answers = room.take(ada).map(({ type, data }) => [type, data.id])
  expect(answers.sort()).toEqual([
    ...Array.from({ length: 50 }, (_, n) => ['ack', `s${n}`]).sort(),
    ['error', 'refused'],
  ])
})

test('[E3] what waits is bound by the bytes of the socket too', () => {
  const { room, ada, bob } = newRoom()
  for (let n = 0; n < 1_000; n++) {
    room.command(ada, 'signal', { name: 'cursor', value: `${n} ${'x'.repeat(4_000)}` }, null)
    room.advance(10)
  }
  room.advance(1_000)
  const values = valuesOf(room, bob).map(value => Number(String(value).split(' ')[0]))
  expect(values.at(-1)).toBe(999)
  expect(values.length).toBeLessThanOrEqual(250)
  expect(ada.closed).toBeNull()
})

test('[E3] a frame that only looks ephemeral counts as what it is', () => {
  const { room, ada } = newRoom()
  for (let n = 0; n < 22; n++) {
    room.send(ada, `{"type":"typing","id":"m${n}","data":{"content":"message ${n}"},"type":"message"}`)
  }
  expect(room.take(ada).filter(({ type }) => type === 'error')).toHaveLength(2)
  room.sendMessage(ada, 'one too many')
  expect(ada.closed).toBe(4429)
})

test('[E3] more than 64 different signals that wait are refused, and close nothing', () => {
  const { room, ada, bob } = newRoom()
  for (let n = 0; n < 200; n++) room.command(ada, 'signal', { name: `n${n}`, value: n }, `s${n}`)
  const refused = room.take(ada).filter(({ type }) => type === 'error')
  expect(refused).toHaveLength(200 - 40 - 64)
  expect(refused[0]).toMatchObject({ data: { id: 's104', code: 'rate_limited' } })
  room.advance(4_000)
  expect(room.take(bob).filter(({ type }) => type === 'signal')).toHaveLength(104)
  expect(ada.closed).toBeNull()
})

test('[E3] what waits when its sender leaves, or loses the right, is not sent', () => {
  const { room, ada, bob } = newRoom()
  const tab = room.open('ada')
  for (const session of [ada, tab])
    for (let n = 0; n < 50; n++) room.command(session, 'signal', { name: 'cursor', value: n }, null)
  expect(valuesOf(room, bob)).toHaveLength(80)
  room.disconnect(tab)
  room.manageMembers('olga', { do: 'change', user: 'ada', change: { muted: true } }, 'owner')
  room.advance(1_000)
  expect(valuesOf(room, bob)).toEqual([])
  expect(room.room.context.ephemeralQueue.nextTick()).toBeNull()
})

test('[D2] what a plain socket sent too fast is answered when its time comes, refusals included', () => {
  const { room } = newRoom()
  const plain = room.open('cat', { dialect: 'plain' })
  for (let n = 0; n < 20; n++) room.send(plain, `message ${n}`)
  room.send(plain, { type: 'unheard_of' })
  room.advance(1_000)
  expect(room.take(plain).at(-1)).toMatchObject({ type: 'error', data: { code: 'unknown_type' } })
})
