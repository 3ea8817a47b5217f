import { expect, test } from 'vitest'
import * as z from 'zod'
import { first } from '../../src/lib/sql.ts'
import { type ArchiveRow, readArchiveLine } from '../../src/protocol/events/archive.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { defineEvents, type EventDefinition } from '../../src/protocol/events/event-registry.ts'
import { exportPage, importLog } from '../../src/rooms/admin/export-import.ts'
import { commandTable, mergeCommands } from '../../src/rooms/commands/command.ts'
import { roomCommands } from '../../src/rooms/commands/index.ts'
import type { Changed, Component } from '../../src/rooms/component.ts'
import type { RoomContext } from '../../src/rooms/context.ts'
import { builtinHooks } from '../../src/rooms/hooks.ts'
import { rowLines } from '../../src/rooms/log/archive.ts'
import { LogFollower } from '../../src/rooms/log/log-follower.ts'
import { WebhookQueue, webhooks } from '../../src/rooms/outbound/webhooks/queue.ts'
import type { Delivery, WebhookState } from '../../src/rooms/outbound/webhooks/webhook.ts'
import { ephemeral, nothing, type Outcome, outcome, refusal, refuse, stored } from '../../src/rooms/outcome.ts'
import type { Session } from '../../src/rooms/sessions/session.ts'
import type { ComponentDefinition } from '../../src/rooms/tables.ts'
import type { AdminRequestOf } from '../../src/rpc/channel.ts'
import { nodeSql } from '../support/node-sql.ts'
import { start, TestRoom } from '../support/test-room.ts'

// A feature of somebody else's, in one module: a command of its own, a table, a due time, a key in `welcome`, and code
// after each event. It enters by the tables of a room and touches nothing of ours.

const bookSeat = {
  type: 'book_seat',
  schema: z.strictObject({ seat: z.int().min(1).max(10) }),
  needsId: true,
  role: 'member' as const,
  writes: true,
  run(
    { components, log }: RoomContext,
    { user }: { user: { id: string } },
    { id, data }: Booking,
    now: number,
  ): Outcome {
    const isBooked = components.get(Seats).book(data.seat, user.id, now)
    if (!isBooked) return refuse(id, refusal('conflict', 'this seat is taken'), now)
    return stored(log.appendAny({ type: 'seat_booked', user: user.id, id, data }, now), id, now)
  },
}
type Booking = { id: string | null; data: { seat: number } }

const holdMs = 60_000

class Seats implements Component {
  readonly seen: number[] = []
  readonly #context: RoomContext
  readonly #changed: Changed
  readonly #follower: LogFollower<ReturnType<typeof fromStart>>

  constructor(context: RoomContext, changed: Changed) {
    this.#context = context
    this.#changed = changed
    const policy = { leaseMs: 1_000, firstPauseMs: 1_000, longestPauseMs: 1_000, giveUpMs: 1_000 }
    this.#follower = new LogFollower(context.log, fromStart(), { policy, wants: () => true, store: () => {} })
    this.#watch()
  }

  book(seat: number, user: string, now: number): boolean {
    const { sql } = this.#context
    if (first(sql, `SELECT 1 FROM seats WHERE seat = ?1`, seat) !== null) return false
    sql.all(`INSERT INTO seats (seat, user, until) VALUES (?1, ?2, ?3)`, seat, user, now + holdMs)
    this.#changed()
    return true
  }

  welcome() {
    return {
      seats: this.#context.sql.all<{ seat: number }>(`SELECT seat FROM seats ORDER BY seat`).map(row => row.seat),
    }
  }

  nextAlarm(): number | null {
    return first<{ at: number | null }>(this.#context.sql, `SELECT min(until) AS at FROM seats`)?.at ?? null
  }

  onAlarm(now: number): Outcome {
    this.#context.sql.all(`DELETE FROM seats WHERE until <= ?1`, now)
    this.#changed()
    const frame = ephemeral('signal', { name: 'seats', value: this.welcome().seats, user_id: '' }, now)
    return outcome({ ephemeral: [{ frame }] })
  }

  afterRun(now: number): Outcome {
    for (let event = this.#follower.take(now); event !== null; event = this.#follower.take(now)) {
      this.seen.push(event.seq)
      this.#follower.finished(event.seq, { ok: true }, now)
    }
    return nothing
  }

  *exportRows(): Generator<object> {
    yield* this.#context.sql.all(`SELECT seat, user, until FROM seats ORDER BY seat`)
  }

  importRows(rows: Iterable<object>): void {
    this.#context.sql.all(`DELETE FROM seats`)
    for (const row of rows as Iterable<{ seat: number; user: string; until: number }>) {
      this.#context.sql.all(`INSERT INTO seats (seat, user, until) VALUES (?1, ?2, ?3)`, row.seat, row.user, row.until)
    }
    this.#changed()
  }

  #watch(): void {
    this.#changed()
    this.#context.log.whenReached(this.#context.log.head + 1, () => this.#watch())
  }
}

function fromStart() {
  return { active: true, cursor: 0, again: [], failures: 0, failingSince: null, due: 0, lastError: null }
}

const seats = (step = 1): ComponentDefinition => ({
  name: 'seats',
  migrations: [
    [`CREATE TABLE seats (seat INTEGER PRIMARY KEY, user TEXT NOT NULL, until INTEGER NOT NULL)`],
    [`ALTER TABLE seats ADD COLUMN note TEXT`],
  ].slice(0, step),
  commands: commandTable(bookSeat),
  create: (context, changed) => new Seats(context, changed),
})

const seatBooked: EventDefinition<{ seat: number }> = {
  schema: z.strictObject({ seat: z.int() }),
  plain: ({ type, data }) => ({ type, data }),
  text: ({ data }) => `Seat ${data.seat} is taken`,
  search: ({ seat }) => `seat ${seat}`,
  summary: ({ data }) => `Seat ${data.seat} was booked`,
}
const events = new Map([...builtinEvents, ...defineEvents({ seat_booked: seatBooked })])

const withSeats = { tables: { events, components: [seats()] } }

test('two rooms with different tables run in one process', () => {
  const [theatre, plain] = [new TestRoom(withSeats), new TestRoom()]
  const [ada, bob] = [theatre.open('ada'), plain.open('bob')]
  expect(theatre.room.context.components.find(Seats)).not.toBe(null)
  expect(plain.room.context.components.find(Seats)).toBe(null)
  theatre.take(ada)
  plain.take(bob)
  theatre.command(ada, 'book_seat', { seat: 3 }, 'b1')
  plain.command(bob, 'book_seat', { seat: 3 }, 'b1')
  expect(theatre.take(ada).map(({ type }) => type)).toEqual(['seat_booked', 'ack'])
  expect(plain.take(bob)).toMatchObject([{ type: 'error', data: { code: 'unknown_type', id: 'b1' } }])
})

test('a command of one’s own has its schema, the write guards and its component’s table', () => {
  const room = new TestRoom(withSeats)
  const [ada, eve] = [room.open('ada'), room.open('eve', { role: 'reader' })]
  const book = (session: typeof ada, seat: number, id: string) => {
    room.take(session)
    room.command(session, 'book_seat', { seat }, id)
    return room.take(session).at(-1)?.data.code ?? 'ack'
  }
  expect(book(eve, 3, 'b1')).toBe('read_only')
  expect([book(ada, 11, 'b2'), book(ada, 3, 'b3'), book(ada, 3, 'b4')]).toEqual(['invalid', 'ack', 'conflict'])
})

test('an event of one’s own is resumed, shown by each dialect as it says, and found', () => {
  const room = new TestRoom(withSeats)
  const ada = room.open('ada')
  const [plain, text] = [room.open('pat', { dialect: 'plain' }), room.open('tom', { dialect: 'text', agent: 'pickle' })]
  room.command(ada, 'book_seat', { seat: 4 }, 'b1')
  const data = { seat: 4 }
  expect(room.take(plain)).toMatchObject([{ type: 'seat_booked', data }])
  expect(room.take(text)).toEqual(['Seat 4 is taken'])
  const { epoch } = room.room.context.settings
  const history = room.take(room.open('ada', { resume: { since: 0, epoch } }))[1]
  expect(history?.data.events).toMatchObject([{ type: 'seat_booked', data, seq: 1, id: 'b1' }])
  expect(room.room.context.search.find('seat', { limit: 10 }).found).toMatchObject([{ message: { seq: 1, data } }])
})

test('an event of one’s own goes to webhooks, which can ask for it alone', () => {
  const sent: Delivery[] = []
  const components = [seats(), webhooks(delivery => void sent.push(delivery))]
  const room = new TestRoom({ tables: { events, components } })
  const ada = room.open('ada')
  const webhook = { id: 'h1', url: 'https://hooks.example.org', secret: 'x', events: ['seat_booked'], maker: null }
  const fresh = { ...fromStart(), ...webhook } as unknown as WebhookState
  room.room.context.components.get(WebhookQueue).put(fresh)
  room.sendMessage(ada, 'hello')
  room.command(ada, 'book_seat', { seat: 4 }, 'b1')
  expect(sent.map(({ body }) => JSON.parse(body))).toMatchObject([
    { type: 'seat_booked', data: { seat: 4 }, seq: 2, channel: 'circle:dev' },
  ])
})

test('a component keeps its table over a sleep, adds to welcome, and does what is due', () => {
  const room = new TestRoom({ ...withSeats, hibernates: true })
  const ada = room.open('ada')
  room.command(ada, 'book_seat', { seat: 7 }, 'b1')
  expect(room.take(room.open('bob'))[0]).toMatchObject({ type: 'welcome', data: { seats: [7] } })
  room.take(ada)
  room.advance(holdMs)
  expect(room.take(ada)).toContainEqual(expect.objectContaining({ type: 'signal' }))
  expect(room.take(room.open('cai'))[0]).toMatchObject({ data: { seats: [] } })
})

test('an export has the rows of a component after the events, and an import gives them back to it', () => {
  const source = new TestRoom(withSeats)
  const ada = source.open('ada')
  for (const seat of [2, 9]) source.command(ada, 'book_seat', { seat }, `b${seat}`)
  const lines = exportLines(source)
  expect(lines.slice(2).map(line => JSON.parse(line))).toMatchObject([
    { component: 'seats', row: { seat: 2, user: 'ada' } },
    { component: 'seats', row: { seat: 9, user: 'ada' } },
  ])

  const target = new TestRoom(withSeats)
  target.command(target.open('bob'), 'book_seat', { seat: 5 }, 'b1')
  expect(importLines(target, lines)).toBe(null)
  expect(exportLines(target)).toEqual(lines)
  expect(first(target.sql, `SELECT count(*) AS left FROM arriving_rows`)).toEqual({ left: 0 })
})

test('rows that no component takes are refused', () => {
  const lines = exportLines(new TestRoom(withSeats))
  const row = JSON.stringify({ component: 'seats', row: { seat: 1, user: 'ada', until: 1 } })
  const message = 'This circle has no "seats" that takes rows.'
  expect(importLines(new TestRoom(), [...lines, row])).toEqual({ code: 'invalid', message })
})

test('the rows of components come in pages', () => {
  const row = { text: 'x'.repeat(100_000) }
  const pages = [...pagesOf(Array.from({ length: 12 }, (_, at) => ({ component: 'seats', row: { ...row, at } })))]
  expect(pages.map(text => text.split('\n').length - 1)).toEqual([6, 6])
  expect(pages.join('').match(/"at":\d+/g)?.length).toBe(12)
})

function exportLines({ room }: TestRoom): string[] {
  const page = exportPage(room.context, { do: 'export', after: 0 })
  if ('refused' in page.result) throw new Error('expected a page')
  expect(page.result.value.next).toBe(null)
  return page.result.value.text.trimEnd().split('\n')
}

function importLines(target: TestRoom, lines: string[]): unknown {
  const read = lines.map(line => readArchiveLine(line, events, start))
  const parts = {
    events: read.filter(line => 'seq' in line),
    rows: read.filter(line => 'component' in line),
  }
  const owner = target.room.context.sessions.get(target.open('olga', { role: 'owner' }).id) as Session
  const step = (step: AdminRequestOf<'import'>['step']) =>
    importLog(target.room.context, owner, { do: 'import', step }).result
  const begun = step({ replace: true })
  if ('refused' in begun) return begun.refused
  const { id } = begun.value
  const added = step({ id, ...parts })
  if ('refused' in added) return added.refused
  const ended = step({ id })
  return 'refused' in ended ? ended.refused : null
}

function* pagesOf(rows: ArchiveRow[]): Generator<string> {
  let skip: number | null = 0
  while (skip !== null) {
    const page: { text: string; next: number | null } = rowLines(rows, skip)
    yield page.text
    skip = page.next
  }
}

test('code after events sees each once, in order', () => {
  const room = new TestRoom(withSeats)
  const ada = room.open('ada')
  for (const content of ['one', 'two', 'three']) room.sendMessage(ada, content)
  expect(room.room.context.components.get(Seats).seen).toEqual([1, 2, 3])
})

test('a name that is taken is refused when the room is made', () => {
  const taken = commandTable({ ...bookSeat, type: 'message' })
  expect(() => mergeCommands(roomCommands, taken)).toThrow('expected one command message, got two')
  const component = { ...seats(), commands: taken }
  expect(() => new TestRoom({ tables: { components: [component] } })).toThrow('expected one command message')
})

test('a component numbers its migrations under its own name', () => {
  const sql = nodeSql()
  new TestRoom({ sql, tables: { components: [seats(1)] } })
  new TestRoom({ sql, tables: { components: [seats(2)] } })
  new TestRoom({ sql, tables: { components: [seats(2)] } })
  expect(sql.all(`SELECT seat, note FROM seats`)).toEqual([])
  expect(first<{ components: string }>(sql, `SELECT components FROM schema_version`)?.components).toBe('{"seats":2}')
})

test('a hook before storing refuses or replaces a text, also that of an edit and of a reply', () => {
  const filter = (_: object, { content }: { content: string }) => {
    if (content.includes('darn')) return { refused: refusal('forbidden', 'mind your language') }
    return content.includes('secret') ? { content: content.replaceAll('secret', '•••') } : null
  }
  const room = new TestRoom({ tables: { hooks: { ...builtinHooks, beforeStore: [filter] } } })
  const ada = room.open('ada')
  room.take(ada)
  room.sendMessage(ada, 'a secret', 'm1')
  room.sendMessage(ada, 'darn', 'm2')
  room.sendMessage(ada, 'a secret', 'm1') // again: the row keeps a hash of what was sent
  room.sendMessage(ada, 'a •••', 'm1')
  room.command(ada, 'edit', { seq: 1, content: 'darn it' }, 'e1')
  room.command(ada, 'edit', { seq: 1, content: 'no secret' }, 'e2')
  room.command(ada, 'edit', { seq: 1, content: 'no secret' }, 'e2')
  const received = room.take(ada).map(({ type, data }) => data.content ?? data.code ?? type)
  expect(received).toEqual(['a •••', 'ack', 'forbidden', 'ack', 'conflict', 'forbidden', 'no •••', 'ack', 'ack'])
  room.sendMessage(ada, '@pickle hello')
  const [call] = room.calls
  if (call === undefined) throw new Error('pickle was not called')
  room.turnProgressed(call, { type: 'delta', text: 'darn' })
  room.turnEnded(call, { type: 'answered', content: 'darn', truncated: false })
  expect(room.take(ada).at(-2)).toMatchObject({ type: 'turn_failed', data: { code: 'forbidden' } })
})
