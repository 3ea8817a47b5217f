import { expect, test } from 'vitest'
import * as z from 'zod'
import { type CircleProtocol, defineProtocol, emptyProtocol } from '../../src/protocol/define-protocol.ts'
import { nothing } from '../../src/rooms/outcome.ts'
import type { CircleRoom } from '../../src/server/circle-room.ts'
import type { AnyDefinition } from '../../src/server/circle-tables.ts'
import { defineCircle } from '../../src/server/define-circle.ts'
import { OwnCode } from '../../src/server/own-code.ts'
import { testCircle } from '../../src/testing/index.ts'
import { circleWithCode } from '../support/circle-with-code.ts'
import { archiveOf, importInto } from '../support/import-log.ts'

type Room = CircleRoom<CircleProtocol>

const protocol = defineProtocol({
  events: { noted: z.strictObject({ note: z.string() }), rung: z.strictObject({ name: z.string() }) },
  commands: { act: { role: 'member', data: z.strictObject({}) } },
})

/** A circle whose one command does this. */
function circleThat(act: (room: Room) => unknown, definition: Partial<AnyDefinition> = {}) {
  const commands = { act: (room: Room) => void act(room) as undefined }
  return circleWithCode(protocol as CircleProtocol, { ...definition, commands })
}

const day = 86_400_000
const typesOf = (frames: readonly { type: string }[]) => frames.map(({ type }) => type)

test('a signal to a user reaches their sockets, and one to nobody in particular reaches all', () => {
  const { room } = circleThat(room => {
    room.signal('one', 1, { to: 'bob' })
    room.signal('all', 2)
  })
  const [ada, bob, phone] = [room.open('ada'), room.open('bob'), room.open('bob')]
  for (const session of [ada, bob, phone]) room.take(session)
  room.command(ada, 'act', {})
  const signals = [ada, bob, phone].map(session =>
    room.take(session).flatMap(({ type, data }) => (type === 'signal' ? [data.name] : [])),
  )
  expect(signals).toEqual([['all'], ['one', 'all'], ['one', 'all']])
})

test('a signal that is too large is an error, and is not sent', () => {
  const { room, faults } = circleThat(room => room.signal('big', 'x'.repeat(100_000)))
  const ada = room.open('ada')
  room.take(ada)
  room.command(ada, 'act', {})
  expect(faults).toEqual([expect.stringMatching(/^A signal has at most \d+ bytes\.$/)])
  expect(typesOf(room.take(ada))).toEqual(['error'])
})

test('members are the people who are connected, each once', () => {
  let members: string[] = []
  const { room } = circleThat(room => {
    members = room.members().map(({ id }) => id)
  })
  const ada = room.open('ada')
  for (const id of ['bob', 'bob', 'eve']) room.open(id)
  room.disconnect(room.open('gone'))
  room.command(ada, 'act', {})
  expect(members).toEqual(['ada', 'bob', 'eve'])
})

test('an id of an event is for one event: again it returns that, and for another type it is an error', () => {
  const seqs: number[] = []
  const { room, faults } = circleThat(room => {
    for (const note of ['a', 'b']) seqs.push(room.append('noted', { note }, { id: 'n1' }).seq)
    room.append('rung', { name: 'x' }, { id: 'n1' })
  })
  room.command(room.open('ada'), 'act', {})
  expect(seqs).toEqual([1, 1])
  expect(faults).toEqual(['The id n1 was used for an event noted.'])
  expect(room.room.context.log.head).toBe(0) // a throw undoes everything
})

test('an archived circle takes no command of one’s own, not even one for readers', () => {
  const done: string[] = []
  const data = z.strictObject({})
  const both = defineProtocol({ commands: { write: { role: 'member', data }, look: { role: 'reader', data } } })
  const handler = (type: string) => () => void done.push(type) as undefined
  const { room } = circleWithCode(both as CircleProtocol, {
    commands: { write: handler('write'), look: handler('look') },
  })
  const [olga, ada] = [room.open('olga', { role: 'owner' }), room.open('ada')]
  const send = () => {
    for (const type of ['write', 'look']) room.command(ada, type, {})
  }
  send()
  room.command(olga, 'configure', { status: 'archived' })
  room.take(ada)
  send()
  expect(room.take(ada).map(({ data }) => data.code)).toEqual(['read_only', 'read_only'])
  expect(done).toEqual(['write', 'look'])
})

test('a circle whose only code answers requests has it', async () => {
  class Counted extends defineCircle(emptyProtocol, { onRequest: room => new Response(`${room.head} events`) }) {}
  const ada = testCircle(Counted).as('ada')
  await ada.send('hello')
  expect(await (await ada.request('/')).text()).toBe('1 events')
})

test('own tables are exported with bytes, and columns of any name', () => {
  const make = () =>
    circleThat(
      room => room.sql`INSERT INTO things VALUES (${'a'}, ${new Uint8Array([9, 0, 1, 254]).subarray(1)}, ${true})`,
      {
        migrations: ['CREATE TABLE things (name TEXT, "the ""bytes""" BLOB, yes INTEGER)'],
        exportedTables: ['things'],
      },
    ).room
  const source = make()
  source.command(source.open('ada'), 'act', {})
  source.sendMessage(source.open('ada'), 'hello')
  const row = { name: 'a', 'the "bytes"': { hex: '0001fe' }, yes: 1 }
  const lines = archiveOf(source)
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ component: 'own', row: { table: 'things', row } })
  const copy = make()
  expect(importInto(copy, lines)).toHaveProperty('value')
  expect(archiveOf(copy)).toEqual(lines)
  copy.command(copy.open('bob'), 'act', {})
  importInto(copy, lines)
  expect(archiveOf(copy)).toEqual(lines) // an import replaces the rows that are there
})

test('an import forgets which commands logged nothing', () => {
  const { room } = circleThat(() => {})
  const ada = room.open('ada')
  room.command(ada, 'act', {}, 'a1')
  room.sendMessage(ada, 'hello')
  importInto(room, archiveOf(room))
  const again = room.open('ada')
  room.take(again)
  room.command(again, 'act', {}, 'a1')
  expect(room.take(again).map(({ data }) => data)).toEqual([{ id: 'a1' }]) // no duplicate
  expect(room.sql.all(`SELECT id FROM own_commands`)).toEqual([{ id: 'a1' }])
})

test('a command that logged nothing is known by its id for a week, and the rows are cleaned up by those after it', () => {
  let acts = 0
  const { room } = circleThat(() => acts++)
  const send = (id: string) => room.command(room.open('ada'), 'act', {}, id)
  const ids = () => room.sql.all<{ id: string }>(`SELECT id FROM own_commands ORDER BY rowid`).map(({ id }) => id)
  send('first')
  room.advance(7 * day)
  send('second')
  send('first')
  expect([acts, ids()]).toEqual([2, ['first', 'second']])
  room.advance(1)
  send('third')
  expect(ids()).toEqual(['second', 'third'])
  send('first')
  expect(acts).toBe(4)
})

test('a circle that exists for a command that logged nothing is kept', () => {
  const { room } = circleThat(() => {})
  const hasWork = () => room.room.context.components.get(OwnCode).hasWork
  expect(hasWork()).toBe(false)
  room.command(room.open('ada'), 'act', {})
  expect(hasWork()).toBe(true)
})

test('what is scheduled for one time happens in the order of its time and of its scheduling', () => {
  const rung: string[] = []
  const { room } = circleThat(
    room => {
      room.schedule(room.now + 2_000, 'c')
      for (const name of ['a', 'b']) room.schedule(new Date(room.now + 1_000), name)
      expect(room.unschedule(room.schedule(room.now + 1_000, 'never'))).toBe(true)
      expect(room.unschedule('unknown')).toBe(false)
    },
    { onSchedule: (_, name) => void rung.push(name) },
  )
  room.command(room.open('ada'), 'act', {})
  room.crash() // its alarm comes late
  room.now += 60_000
  room.advance(1)
  expect(rung).toEqual(['a', 'b', 'c'])
})

test('a schedule has at most 1,000 entries, with payloads of at most 16 KiB', () => {
  const fill = circleThat(room => Array.from({ length: 1_000 }, (_, n) => room.schedule(room.now + n, `${n}`)), {
    onSchedule() {},
  })
  const ada = fill.room.open('ada')
  fill.room.command(ada, 'act', {})
  expect(fill.faults).toEqual([])
  fill.room.command(ada, 'act', {})
  expect(fill.faults).toEqual(['A circle has at most 1000 entries in its schedule.'])
  const large = circleThat(room => room.schedule(room.now, 'x', 'x'.repeat(16_384)), { onSchedule() {} })
  large.room.command(large.room.open('ada'), 'act', {})
  expect(large.faults).toEqual(['A payload has at most 16384 bytes of JSON.'])
})

test('onSchedule that fails is tried again with growing pauses for a day, and is then given up', () => {
  const tries: number[] = []
  const { room, faults } = circleThat(room => room.schedule(room.now, 'x'), {
    onSchedule(room) {
      tries.push(room.now)
      throw new Error('down')
    },
  })
  room.command(room.open('ada'), 'act', {})
  room.advance(10_000)
  expect(tries.slice(1).map((at, index) => at - (tries[index] ?? 0))).toEqual([1_000, 2_000, 4_000])
  room.advance(2 * day)
  expect(faults.at(-1)).toBe('onSchedule "x" failed for a day: given up')
  expect(room.sql.all(`SELECT * FROM own_schedule`)).toEqual([])
  const count = tries.length
  room.advance(day)
  expect(tries).toHaveLength(count)
})

/** A circle whose `afterEvent` fails, with the times of its tries. */
function circleThatFails() {
  const tries: number[] = []
  const afterEvent = ({ now }: Room) => {
    tries.push(now)
    throw new Error('down')
  }
  const circle = circleThat(() => {}, { afterEvent })
  const pass = async (ms: number) => {
    circle.room.advance(ms)
    await circle.settle()
  }
  return { ...circle, tries, pass }
}

test('the pauses between tries of afterEvent grow over a crash', async () => {
  const { room, settle, crash, tries, pass } = circleThatFails()
  room.sendMessage(room.open('ada'), 'hello')
  await settle()
  for (const pause of [1_000, 2_000]) await pass(pause)
  expect(tries).toHaveLength(3)
  crash()
  await settle()
  await pass(3_999)
  expect(tries).toHaveLength(3)
  await pass(1)
  expect(tries).toHaveLength(4)
})

test('after an import, afterEvent waits for what comes next, as if it had never failed', async () => {
  const { room, settle, tries, pass } = circleThatFails()
  room.sendMessage(room.open('ada'), 'hello')
  await settle()
  for (const pause of [1_000, 2_000, 4_000]) await pass(pause)
  importInto(room, archiveOf(room))
  await settle()
  await pass(60_000)
  expect(tries).toHaveLength(4)
  room.sendMessage(room.open('ada'), 'hello again')
  await settle()
  await pass(1_000)
  expect(tries).toHaveLength(6)
})

test('afterEvent that is still running when the circle is opened anew does not go on with what comes next', async () => {
  const seen: number[] = []
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>()
  const { room, settle } = circleThat(() => {}, {
    async afterEvent(_, { seq }) {
      seen.push(seq)
      if (seen.length === 1) await isReleased
    },
  })
  for (const text of ['one', 'two']) room.sendMessage(room.open('ada'), text)
  const settled = settle()
  room.crash()
  room.step(() => nothing) // as its object does when it is made
  room.advance(30_000)
  release()
  await settled
  await settle()
  expect(seen).toEqual([1, 1, 2])
})

test('a circle has at most 1,000 entries in its schedule', () => {
  const ids: string[] = []
  let wanted = 1_000
  const { room, faults } = circleThat(
    room => {
      for (; wanted > 0; wanted--) ids.push(room.schedule(room.now + day, 'ring'))
    },
    { onSchedule() {} },
  )
  const ada = room.open('ada')
  room.command(ada, 'act', {})
  expect([ids.length, faults]).toEqual([1_000, []])
  wanted = 1
  room.command(ada, 'act', {})
  expect([ids.length, faults]).toEqual([1_000, ['A circle has at most 1000 entries in its schedule.']])
  expect(room.sql.all(`SELECT count(*) AS count FROM own_schedule`)).toEqual([{ count: 1_000 }])
})
