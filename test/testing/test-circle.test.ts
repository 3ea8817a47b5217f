import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { defineProtocol } from '../../src/protocol/define-protocol.ts'
import { defineCircle } from '../../src/server/define-circle.ts'
import { refuse } from '../../src/server/refuse.ts'
import { testCircle } from '../../src/testing/index.ts'

const protocol = defineProtocol({
  events: { counted: z.strictObject({ to: z.int() }), noticed: z.strictObject({ seq: z.int() }) },
  commands: {
    count: { role: 'member', data: z.strictObject({ by: z.int() }) },
    remind: { role: 'member', data: z.strictObject({ in_ms: z.int() }) },
    fail: { role: 'reader', data: z.strictObject({}) },
  },
})

class Counter extends defineCircle(protocol, {
  migrations: ['CREATE TABLE counter (only INTEGER PRIMARY KEY, value INTEGER)'],
  commands: {
    count(room, { data }) {
      if (data.by > 100) return refuse('x_too_much', 'One step at a time.')
      const [row] = room.sql<{ value: number }>`INSERT INTO counter VALUES (1, ${data.by})
        ON CONFLICT DO UPDATE SET value = value + excluded.value RETURNING value`
      return room.append('counted', { to: row?.value ?? 0 })
    },
    remind: (room, { data, at }) => void room.schedule(at + data.in_ms, 'remind'),
    fail() {
      throw new Error('a bug')
    },
  },
  async afterEvent(room, event) {
    await Promise.resolve()
    if (event.type === 'counted') room.append('noticed', { seq: event.seq }, { id: `notice-${event.seq}` })
  },
  onSchedule: (room, name) => room.signal(name, 'now'),
  onRequest: async (room, request, user) =>
    Response.json([new URL(request.url).pathname, await request.text(), user.role, room.head]),
}) {}

const typesOf = (frames: readonly { type: string }[]) => frames.map(({ type }) => type)

test('a class of circles runs in plain node; a command resolves when afterEvent is done', async () => {
  const circle = testCircle(Counter)
  const [ada, bob] = [circle.as('ada'), circle.as('bob', { role: 'reader' })]
  expect(await ada.command('count', { by: 2 }, { id: 'c1' })).toEqual({ id: 'c1', seq: 1 })
  expect(await ada.command('count', { by: 2 }, { id: 'c1' })).toEqual({ id: 'c1', seq: 1, duplicate: true })
  expect(typesOf(bob.frames)).toEqual(['welcome', 'counted', 'noticed'])
  const [first] = bob.events
  expect(first).toMatchObject({ seq: 1, type: 'counted', data: { to: 2 } })
  if (first?.type === 'counted') expectTypeOf(first.data).toEqualTypeOf<{ to: number }>()
  expect([circle.head, circle.handled, circle.log.length]).toEqual([2, 2, 2])
  expect(circle.room.sql`SELECT value FROM counter`).toEqual([{ value: 2 }])
})

test('a refusal and a handler’s error reject with their code', async () => {
  const circle = testCircle(Counter)
  const ada = circle.as('ada')
  await expect(ada.command('count', { by: 101 })).rejects.toMatchObject({ code: 'x_too_much' })
  await expect(ada.command('fail', {})).rejects.toMatchObject({ code: 'internal' })
  expect(circle.faults).toEqual([new Error('a bug')])
  await expect(circle.as('rob', { role: 'reader' }).send('hello')).rejects.toMatchObject({ code: 'read_only' })
  expect(() => circle.as('rob', { role: 'owner' })).toThrow('rob is reader already')
})

test('a crash ends what runs beside the room; people come back and resume', async () => {
  const circle = testCircle(Counter)
  const [ada, bob] = [circle.as('ada'), circle.as('bob')]
  const counting = ada.command('count', { by: 1 })
  circle.crash() // before afterEvent, which the next life does
  expect([ada.isConnected, circle.head, circle.handled]).toEqual([false, 1, 0])
  await counting
  expect([circle.head, circle.handled, typesOf(bob.events)]).toEqual([2, 2, ['counted']])
  bob.connect()
  expect([typesOf(bob.events), bob.sockets.map(events => events.length)]).toEqual([
    ['counted', 'noticed'],
    [1, 1],
  ])
  await ada.command('count', { by: 1 })
  expect([ada.isConnected, ada.events.at(-2)]).toMatchObject([true, { type: 'counted', data: { to: 2 } }])
})

test('sockets outlive a sleep, and what was scheduled happens when the clock gets there', async () => {
  const circle = testCircle(Counter)
  const ada = circle.as('ada')
  await ada.command('remind', { in_ms: 5_000 })
  await circle.sleep()
  await circle.advance(4_999)
  expect(typesOf(ada.frames)).not.toContain('signal')
  await circle.advance(1)
  expect(ada.frames.at(-1)).toMatchObject({ type: 'signal', data: { name: 'remind', value: 'now' } })
})

test('whoever sends more than the limits allow waits as a client does, and the clock moves', async () => {
  const circle = testCircle(Counter, { limits: { message_burst: 2, messages_per_second: 1 } })
  const ada = circle.as('ada')
  const before = circle.now
  for (const text of ['one', 'two', 'three', 'four']) await ada.send(text)
  expect([circle.head, circle.now > before]).toEqual([4, true])
})

test('onRequest gets the path after /x, the body, and the user', async () => {
  const circle = testCircle(Counter)
  const response = await circle.as('bob', { role: 'reader' }).request('/a/b?c', { method: 'POST', body: 'text' })
  expect(await response.json()).toEqual(['/a/b', 'text', 'reader', 0])
})

test('any frame can be sent, also one that is none', () => {
  const ada = testCircle(Counter).as('ada')
  ada.sendFrame({ type: 'nonsense' })
  ada.sendFrame('{')
  expect(ada.frames.slice(1)).toMatchObject([
    { type: 'error', data: { code: 'unknown_type' } },
    { type: 'error', data: { code: 'bad_frame' } },
  ])
})

test('a class that is none of circles is refused with a sentence', () => {
  expect(() => testCircle({ protocol })).toThrow('expected a class that extends defineCircle(…)')
})

test('it refuses what a Worker would: a name, an id, a large body, a result that is no Response, a socket', async () => {
  class Strict extends defineCircle(protocol, {
    commands: { count: () => undefined, remind: () => undefined, fail: () => undefined },
    onConnect: (_, { user }) => (user.id === 'eve' ? refuse('forbidden', 'Not you.') : undefined),
    onRequest: () => refuse('forbidden', 'No.') as unknown as Response,
  }) {}
  for (const name of ['Ünï', '../x']) expect(() => testCircle(Strict, { name })).toThrow('is not a name of a circle')
  const circle = testCircle(Strict, { name: 'Dev' })
  expect(circle.room.name).toBe('dev')
  const ada = circle.as('ada')
  await expect(ada.send('hello', { id: 'ü' })).rejects.toMatchObject({ code: 'bad_frame' })
  const init = { method: 'POST', body: 'x'.repeat(1_048_577) }
  await expect(ada.request('/', init)).rejects.toMatchObject({ code: 'too_large' })
  await expect(ada.request('/')).rejects.toMatchObject({ code: 'internal' })
  expect(circle.faults).toMatchObject([{ message: 'onRequest returned no Response' }])
  expect(() => circle.as('eve')).toThrow(expect.objectContaining({ code: 'forbidden', message: 'Not you.' }))
})
